"""Functions that re-run a module."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

import numpy as np
import torch

from ._rerunning import rerunning
from ._torch_dimensions import BatchDim, Dimensions
from ._torch_names import modules
from ._torch_outputs import tensors_in
from .errors import InvalidError

__all__ = ["rerun"]


def rerun(
    model: torch.nn.Module, inputs: Callable[[np.ndarray], Any], batch_size: int = 64, batch_dim: BatchDim = None
) -> Callable[[List[str], np.ndarray], Dict[str, torch.Tensor]]:
    """A function for :meth:`mistique.Store.rerun` that calls a module.

    Parameters
    ----------
    model : torch.nn.Module
        In the state in which it was captured.
    inputs : callable
        Takes row ids and gives what the model is called with for them: a tensor, or a tuple of arguments.
    batch_size : int
        Rows per call. A framework may give other bits in batches of another size than those that were captured.
    batch_dim : int or mapping of str to int, optional
        As it was captured with: :class:`TorchCapture`.
    """
    dimensions = Dimensions(batch_dim, model)

    def run(layers: List[str], ids: np.ndarray) -> Dict[str, torch.Tensor]:
        pieces: Dict[str, List[torch.Tensor]] = {layer: [] for layer in layers}
        calls: Dict[str, int] = {}
        own = object()
        wanted = {layer.partition("[")[0].partition(":")[0] for layer in layers}

        def hook_of(name: str) -> Callable[..., None]:
            def hook(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
                if rerunning.call is not own:
                    return  # a call by another thread, or by `inputs`
                call = calls[name] = calls.get(name, 0) + 1
                for layer, tensor in tensors_in(output, name if call == 1 else f"{name}:{call}"):
                    if layer in pieces:
                        # A copy: what comes after may work in place.
                        first = dimensions.rows_first(module, name, layer, tensor.detach())
                        pieces[layer].append(first.to("cpu", copy=True))

            return hook

        hooks = [module.register_forward_hook(hook_of(name)) for name, module in modules(model, sorted(wanted)).items()]
        try:
            with torch.no_grad():
                for start in range(0, len(ids), batch_size):
                    given = inputs(ids[start:start + batch_size])
                    calls.clear()
                    outer, rerunning.call = rerunning.call, own
                    try:
                        model(*given) if isinstance(given, tuple) else model(given)
                    finally:
                        rerunning.call = outer
        finally:
            for hook in hooks:
                hook.remove()
        missing = [layer for layer, tensors in pieces.items() if not tensors]
        if missing and len(ids):
            raise InvalidError("the model emitted nothing of it", missing[0], "Re-run the model that was captured.")
        return {layer: torch.cat(tensors) for layer, tensors in pieces.items() if tensors}

    # What the store compares with what the capture was begun with.
    run.batch_dim = dimensions.given  # type: ignore[attr-defined]
    return run

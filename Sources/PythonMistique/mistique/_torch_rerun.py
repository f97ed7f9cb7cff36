"""Functions that re-run a module."""

from __future__ import annotations

import contextlib
import copy
import threading
import warnings
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional

import numpy as np
import torch

from ._rerunning import rerunning
from ._torch_architecture import architecture
from ._torch_autocast import Autocast, autocast_set
from ._torch_dimensions import BatchDim, Dimensions
from ._torch_modes import Modes, unrepeatable
from ._torch_names import modules
from ._torch_noted import comparable, unknown
from ._torch_outputs import Outputs
from ._torch_state import METHOD, Signature, digest, is_same, signature
from .errors import ChangedStateError, InvalidError

__all__ = ["ModuleRerun", "rerun"]


def rerun(
    model: torch.nn.Module, inputs: Callable[[np.ndarray], Any], batch_size: int = 64, batch_dim: BatchDim = None
) -> "ModuleRerun":
    """A function for :meth:`mistique.Store.rerun` that calls a module.

    The capture noted digests of the model's weights and of its modules, which modules were in train mode, whether gradients were recorded, and autocast.
    When the function is registered, and again when it is run, a model with other weights or modules is refused, and so is one that was captured in a mode in
    which it does not put out the same values twice, as with dropout. The model is run in the noted modes and under the noted autocast, and has its own
    afterwards. Where that autocast cannot be had, it is refused, and so are rows that were captured after the state had changed. Of a model that was
    captured before this was noted, or whose weights cannot be digested, a warning says what is not compared. One of which nothing was noted is run as it
    is, without gradients.

    Parameters
    ----------
    model : torch.nn.Module
        With the weights with which it was captured.
    inputs : callable
        Takes row ids and gives what the model is called with for them: a tensor, or a tuple of arguments.
    batch_size : int
        Rows per call. A framework may give other bits in batches of another size than those that were captured.
    batch_dim : int or mapping of str to int, optional
        As it was captured with: :class:`TorchCapture`.
    """
    return ModuleRerun(model, inputs, batch_size, batch_dim)


class ModuleRerun:
    """A module as a function of layers and ids: :func:`rerun`."""

    def __init__(self, model: torch.nn.Module, inputs: Callable[[np.ndarray], Any], batch_size: int, batch_dim: BatchDim) -> None:
        self._model, self._inputs, self._batch_size = model, inputs, batch_size
        self._dimensions = Dimensions(batch_dim, model)
        self._name = type(model).__name__
        #: The digest that the weights must have; None where nothing was noted.
        self._weights: Optional[str] = None
        #: The digest that the modules must have; None where nothing was noted.
        self._architecture: Optional[str] = None
        #: What the weights were like when they last had that digest.
        self._signature: Optional[Signature] = None
        self._modes: Optional[Modes] = None
        #: The ids of rows that were captured after the state had changed.
        self._changed = np.empty(0, np.int64)
        self._grad = False
        #: None where nothing was noted: it is run under that of whoever asks.
        self._autocast: Optional[Autocast] = None
        self._checking = threading.Lock()

    def for_capture(self, name: str, note: Mapping[str, Any], changed: Optional[np.ndarray]) -> "ModuleRerun":
        """The function as it re-runs one captured model.

        Parameters
        ----------
        name : str
            What the model is called in the store.
        note : mapping
            What its capture noted.
        changed : ndarray of int64, optional
            The ids of rows that were captured after the state had changed; None where nobody knows.

        Raises
        ------
        InvalidError
            For a function of another model, or one that does not put out the same values again.
        """
        note = comparable(note)
        captured = note.get("batch_dim")
        if captured is not None and captured != self._dimensions.given:
            raise InvalidError(
                f"it was captured with batch_dim {captured}, and its function was made with {self._dimensions.given}", name,
                "Make the function with that: mistique.torch.rerun(model, inputs, batch_dim=...).")
        bound = copy.copy(self)
        bound._name, bound._checking = name, threading.Lock()
        bound._grad = bool(note.get("grad", False))
        bound._autocast = note.get("autocast")
        if "training" in note:
            reason = unrepeatable(self._model, note["training"])
            if reason is not None:
                raise InvalidError(
                    f"re-running it would give other values than those that were captured: {reason}", name,
                    "Capture the model in eval mode: model.eval(). To re-run it nevertheless, register a function of your own.")
            bound._modes = Modes(self._model, note["training"], name)
        weights = note.get("weights")
        bound._weights = weights if isinstance(weights, str) and weights.startswith(METHOD) else None
        bound._architecture = note.get("modules")
        bound._require_modules()
        bound._require_weights()
        with bound._as_captured():
            pass  # refuses what cannot be had here
        if changed is not None:
            bound._changed = changed
        missing = unknown(note, changed)
        if missing:
            warnings.warn(
                f"{name}: its capture, with PyTorch {note.get('version')}, did not note its {', '.join(missing)}, or not as this version does. "
                "A re-run is not compared by that, and its values are called exact all the same.",
                stacklevel=3)
        return bound

    def _require_first_state(self, ids: np.ndarray) -> None:
        changed = ids[np.isin(ids, self._changed)]
        if changed.size:
            raise ChangedStateError(
                f"{changed.size} of the {ids.size} rows, such as {changed[0]}, were captured after the state of the model had changed, and a re-run has the first",
                self._name, "Ask for them as they are stored, or register a function of your own that knows the state of each row.")

    def _require_modules(self) -> None:
        if self._architecture not in (None, architecture(self._model)):
            raise InvalidError(
                f"the modules of {type(self._model).__name__}, or their settings, are others than those it was captured with", self._name,
                "Make the function with the model that was captured, or capture this one under another name.")

    def _require_weights(self) -> None:
        if self._weights is None:
            return
        with self._checking:
            now = signature(self._model)
            if is_same(self._signature, now):
                return
            if digest(self._model) != self._weights:
                raise InvalidError(
                    f"the weights or buffers of {type(self._model).__name__} are others than those it was captured with", self._name,
                    "Load those that it was captured with, or capture the model as it is now under another name.")
            self._signature = now

    @contextlib.contextmanager
    def _as_captured(self) -> Iterator[None]:
        """The model in the modes and with the gradients and the autocast with which it was captured."""
        with contextlib.ExitStack() as entered:
            entered.enter_context(torch.set_grad_enabled(self._grad))
            if self._autocast is not None:
                entered.enter_context(autocast_set(self._autocast, self._name))
            if self._modes is not None:
                entered.enter_context(self._modes.set())
            yield

    def __call__(self, layers: List[str], ids: np.ndarray) -> Dict[str, torch.Tensor]:
        self._require_first_state(ids)
        self._require_modules()
        self._require_weights()
        pieces: Dict[str, List[torch.Tensor]] = {layer: [] for layer in layers}
        calls: Dict[str, int] = {}
        own, outputs = object(), Outputs()
        wanted = {layer.partition("[")[0].partition(":")[0] for layer in layers}

        def hook_of(name: str) -> Callable[..., None]:
            def hook(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
                if rerunning.call is not own:
                    return  # a call by another thread, or by `inputs`
                call = calls[name] = calls.get(name, 0) + 1
                for layer, tensor in outputs.tensors(output, name if call == 1 else f"{name}:{call}"):
                    if layer in pieces:
                        # A copy: what comes after may work in place.
                        first = self._dimensions.rows_first(module, name, layer, tensor.detach())
                        pieces[layer].append(first.to("cpu", copy=True))

            return hook

        hooks = [module.register_forward_hook(hook_of(name)) for name, module in modules(self._model, sorted(wanted)).items()]
        try:
            for start in range(0, len(ids), self._batch_size):
                with torch.no_grad():
                    given = self._inputs(ids[start:start + self._batch_size])
                calls.clear()
                outer, rerunning.call = rerunning.call, own
                try:
                    with self._as_captured():
                        self._model(*given) if isinstance(given, tuple) else self._model(given)
                finally:
                    rerunning.call = outer
        finally:
            for hook in hooks:
                hook.remove()
        missing = [layer for layer, tensors in pieces.items() if not tensors]
        if missing and len(ids):
            raise InvalidError("the model emitted nothing of it", missing[0], "Re-run the model that was captured.")
        return {layer: torch.cat(tensors) for layer, tensors in pieces.items() if tensors}

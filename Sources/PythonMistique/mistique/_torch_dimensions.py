"""Which dimension of a tensor counts the rows."""

from __future__ import annotations

import difflib
import re
from typing import Mapping, Optional, Union

import torch

from ._torch_names import glob_pattern, module_of
from .errors import InvalidError

__all__ = ["BatchDim", "Dimensions"]

#: Which dimension counts the rows: of all layers, or by the name or a glob of a module or of one of its tensors.
BatchDim = Union[int, Mapping[str, int], None]


def _order_of(module: torch.nn.Module) -> Optional[bool]:
    """Whether attention, or what is made of it, counts rows first; None for anything else."""
    if isinstance(module, (torch.nn.TransformerEncoder, torch.nn.TransformerDecoder)):
        return _order_of(module.layers[0]) if len(module.layers) > 0 else None
    if isinstance(module, (torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer)):
        module = module.self_attn
    kinds = (torch.nn.MultiheadAttention, torch.nn.Transformer)
    return bool(module.batch_first) if isinstance(module, kinds) else None


class Dimensions:
    """Which dimension of each tensor counts the rows."""

    def __init__(self, given: BatchDim, model: torch.nn.Module) -> None:
        #: All modules by their names.
        self.modules = dict(model.named_modules())
        self.given = named = {"**": given} if isinstance(given, int) else dict(given or {})
        for name, dimension in named.items():
            if isinstance(dimension, bool) or not isinstance(dimension, int):
                raise InvalidError(f"it is {dimension!r} for {name!r}", "batch_dim", "Give the number of a dimension, as 1.")
            patterns = [glob_pattern(name), glob_pattern(module_of(name))]
            if not any(pattern.fullmatch(one) for one in self.modules for pattern in patterns):
                near = difflib.get_close_matches(name, self.modules, 3, 0.4)
                raise InvalidError(
                    f"{name!r} names no module" + (f"; there are {', '.join(near)}" if near else ""), "batch_dim",
                    "Give names or globs of model.named_modules(), or of their tensors, as lstm[1].")
        self._globs = [(glob_pattern(glob), dimension) for glob, dimension in named.items() if not self._is_tensor(glob)]
        # Whether some of its modules have the time first and the rows second, so that others may as well.
        self._may_have_time_first = any(
            not module.batch_first if isinstance(module, torch.nn.RNNBase) else _order_of(module) is False for module in self.modules.values())

    def _of(self, module: torch.nn.Module, name: str, layer: str) -> Optional[int]:
        """The dimension that counts the rows; None where nothing says so."""
        # A tensor's own name goes before its module's, and a name before a glob. What is said of a module's first call is said of all that nothing else is.
        for one in (layer, name + re.sub(r"^:[0-9]+", "", layer[len(name):]), name):
            if one in self.given:
                return self.given[one]
            for pattern, dimension in self._globs:
                if pattern.fullmatch(one):
                    return dimension
        is_first = "[" not in layer[len(name):]
        if isinstance(module, torch.nn.RNNBase):
            # What an RNN, LSTM or GRU gives first is (rows, T, D) with batch_first; its states are (layers, rows, D) in any case.
            return 0 if module.batch_first and is_first else 1
        # Attention gives (T, rows, D) unless it was made with batch_first, and so does what is in a layer of a transformer; its weights are (rows, ...).
        within, order = name, _order_of(module)
        while order is None and within:
            within = within.rpartition(".")[0]
            order = _order_of(self.modules.get(within, module))
        if order is None:
            return 0 if isinstance(module, torch.nn.modules.conv._ConvNd) else None
        return 1 if is_first and order is False else 0

    def _is_tensor(self, glob: str) -> bool:
        """Whether it names a tensor: as a glob "lstm[1]" would be "lstm1", and where there is an lstm, it is its second tensor."""
        return re.fullmatch(r"[^][*?]+(\[[^][*?]+\])+", glob) is not None and module_of(glob) in self.modules

    def rows_first(self, module: torch.nn.Module, name: str, layer: str, tensor: torch.Tensor, rows: Optional[int] = None) -> torch.Tensor:
        """The tensor with its rows as the first dimension.

        Parameters
        ----------
        rows : int, optional
            How many there are: a tensor that has as many along its first two dimensions does not tell by its shape which of them counts the rows.
        """
        if tensor.dim() == 0:
            raise InvalidError("it is a single value, no row for each example", layer, "Leave it out of the layers.")
        found = self._of(module, name, layer)
        if found is None and self._may_have_time_first and tensor.dim() >= 2 and tensor.shape[0] == tensor.shape[1] == rows:
            raise InvalidError(
                f"its shape is {tuple(tensor.shape)} for {rows} rows, and the model has layers whose rows are the second dimension", layer,
                f"Say which dimension counts its rows: batch_dim={{{name!r}: 1}}, or 0.")
        dimension = found or 0
        if not -tensor.dim() <= dimension < tensor.dim():
            raise InvalidError(
                f"its shape is {tuple(tensor.shape)}, and dimension {dimension} is to count the rows", layer, "Say which does: batch_dim={name: dimension}.")
        return tensor if dimension == 0 else tensor.movedim(dimension, 0)

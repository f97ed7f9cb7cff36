"""Layers of float64 and of wide integers, which are stored as columns: the type and the shape that they were captured in."""

from __future__ import annotations

import json
from typing import Dict, Iterable, NamedTuple, Optional, Tuple

import numpy as np

from ._columns import Column
from .errors import InvalidError

__all__ = ["Wide", "WideLayers", "column_of", "restored", "told"]


class Wide(NamedTuple):
    """What a layer was when it was captured."""

    #: The name of the type, as ``int32``.
    type: str
    #: The shape of one row.
    shape: Tuple[int, ...]


class WideLayers:
    """Those of one capture, in which a layer has one shape."""

    def __init__(self) -> None:
        #: Of the blocks that were kept.
        self._known: Dict[str, Wide] = {}

    def require_same(self, layer: str, wide: Wide) -> None:
        """That a layer is what it was in the blocks before.

        Raises
        ------
        InvalidError
            When it is not.
        """
        known = self._known.get(layer, wide)
        if known != wide:
            raise InvalidError(
                f"a row of it is {wide.type} of shape {wide.shape}, and was {known.type} of shape {known.shape}", layer, "Capture rows of one shape and type.")

    def keep(self, block: Dict[str, Wide]) -> None:
        """A block was kept."""
        self._known.update(block)


def column_of(block: Dict[str, Wide]) -> Column:
    """What a block says of its wide layers: one text."""
    said = np.empty(1, object)
    said[0] = json.dumps({layer: [wide.type, list(wide.shape)] for layer, wide in block.items()}, sort_keys=True)
    return Column("layers", said)


def told(texts: Iterable[str]) -> Dict[str, Wide]:
    """What all blocks say; nothing of a layer of which they say different things, as after a resumption with another program."""
    found: Dict[str, Wide] = {}
    differing = set()
    for text in sorted(set(texts)):
        for layer, (kind, shape) in json.loads(text).items():
            wide = Wide(kind, tuple(shape))
            if found.setdefault(layer, wide) != wide:
                differing.add(layer)
    return {layer: wide for layer, wide in found.items() if layer not in differing}


def restored(values: np.ndarray, wide: Optional[Wide]) -> np.ndarray:
    """The columns of a layer, (rows, columns), in the type and the shape that it was captured in, as far as no value is lost."""
    if wide is None:
        return values
    kind = np.dtype(wide.type)
    if values.dtype != kind and values.dtype.kind in "iu":
        narrow = values.astype(kind)
        values = narrow if np.array_equal(narrow.astype(values.dtype), values) else values
    return values.reshape((len(values),) + wide.shape)

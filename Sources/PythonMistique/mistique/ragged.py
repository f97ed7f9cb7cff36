"""Rows that are sequences of different lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Sequence, Tuple, Union, overload

import numpy as np

from .errors import InvalidError

if TYPE_CHECKING:
    from .answer import Answer

__all__ = ["Ragged"]


class Ragged(Sequence):
    """A sequence of arrays of shape (T, ...), one per row, T different from row to row.

    Attributes
    ----------
    ids : ndarray of int64
        The row ids.
    values : ndarray of shape (tokens, ...)
        All tokens, row after row.
    lengths : ndarray of int64
        How many tokens each row has.
    """

    def __init__(self, ids: np.ndarray, answer: "Answer", lengths: np.ndarray, offsets: np.ndarray, widths: np.ndarray) -> None:
        self.ids, self.lengths = ids, lengths
        self.values = answer.numpy()
        self._answer = answer
        self._offsets, self._widths = offsets, widths
        self._ends = np.cumsum(lengths)

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> np.ndarray: ...

    @overload
    def __getitem__(self, place: slice) -> List[np.ndarray]: ...

    def __getitem__(self, place: Union[int, slice]) -> Union[np.ndarray, List[np.ndarray]]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(f"row {place} of {len(self)}")
        return self.values[self._ends[place] - self.lengths[place]:self._ends[place]]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[place] for place in range(len(self)))

    def torch(self) -> List:
        """One tensor per row, in the type that it was captured in."""
        whole = self._answer.torch()
        return list(whole.split([int(length) for length in self.lengths]))

    def padded(self, fill: float = 0) -> Tuple[np.ndarray, np.ndarray]:
        """The sequences as they were captured: with their padding where it was.

        Parameters
        ----------
        fill : float
            What stands in the padding; what stood there when it was captured is not kept.

        Returns
        -------
        values : ndarray of shape (rows, T, ...)
            T is that of the widest captured batch among them.
        mask : ndarray of bool of shape (rows, T)
            True where there is a token.

        Raises
        ------
        InvalidError
            For a `fill` that the type of the values does not have.
        """
        self._require_held(fill)
        width = int(self._widths.max()) if len(self) else 0
        values = np.full((len(self), width) + self.values.shape[1:], fill, self.values.dtype)
        mask = np.zeros((len(self), width), bool)
        for place, (offset, length) in enumerate(zip(self._offsets, self.lengths)):
            values[place, offset:offset + length] = self[place]
            mask[place, offset:offset + length] = True
        return values, mask

    def _require_held(self, fill: float) -> None:
        """That the values' type has `fill`, as near as it has numbers at all: NumPy would put another number there."""
        kind = self.values.dtype
        if kind.kind == "f":
            is_held = not np.isfinite(fill) or abs(fill) <= float(np.finfo(kind).max)
        elif kind.kind == "b":
            is_held = fill in (0, 1)
        else:
            is_held = np.isfinite(fill) and int(fill) == fill and np.iinfo(kind).min <= fill <= np.iinfo(kind).max
        if not is_held:
            raise InvalidError(f"{fill} is none of {kind}, which the values are", "fill", "Give one that is, or convert values: ragged().values.astype(...).")

    def __repr__(self) -> str:
        longest = int(self.lengths.max()) if len(self) else 0
        return f"<Ragged: {len(self)} rows of up to {longest} tokens of shape {self.values.shape[1:]}, {self._answer.type}>"

"""One column of a table, as Arrow has it."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

import numpy as np

from . import _library as c
from ._objects import is_missing, typed
from .errors import InvalidError

__all__ = ["Column"]

_FORMATS = {"i1": b"c", "u1": b"C", "i2": b"s", "u2": b"S", "i4": b"i", "u4": b"I", "i8": b"l", "u8": b"L", "f2": b"e", "f4": b"f",
            "f8": b"g"}


class Column:
    """One column as Arrow has it.

    Parameters
    ----------
    name : str
    values : ndarray
        One-dimensional.
    present : ndarray of bool, optional
        False where a value is missing; nothing is missing without it.

    Raises
    ------
    InvalidError
        For values of more or fewer dimensions, of types that no column has, and for those that would not come back as they are.
    """

    def __init__(self, name: Any, values: np.ndarray, present: Optional[np.ndarray] = None) -> None:
        self.name = c.text(str(name), "column name")
        place = f"column {name!r}"
        if values.ndim != 1:
            raise InvalidError(
                f"its shape is {values.shape}", place,
                "A column has one value per row: give each column of an array by itself, or the whole array as a layer (add).")
        if present is not None and len(present) != len(values):
            raise InvalidError(f"it has {len(values)} values and says of {len(present)} whether they are there", place, "Give one for each.")
        self.length = len(values)
        if values.dtype.kind == "O":
            values, present = typed(values, present, place)
        if values.dtype.kind in "OUS":
            self.format, self.buffers, missing = b"U", *_texts(values, present, place)
            present = None if missing is None else ~missing
        elif values.dtype.kind == "b":
            self.format, self.buffers = b"b", [_bits(values)]
        elif values.dtype.kind == "M":
            self.format, self.buffers, missing = _times(values, place)
            if missing.any():
                present = ~missing if present is None else present & ~missing
        else:
            native = values.astype(values.dtype.newbyteorder("=")) if not values.dtype.isnative else values
            form = _FORMATS.get(native.dtype.str[1:])
            if form is None:
                raise InvalidError(
                    f"its type is {values.dtype}", place, "Convert it to booleans, integers, float16 to float64, texts or dates.")
            self.format, self.buffers = form, [np.ascontiguousarray(native)]
        self.validity = None if present is None or present.all() else _bits(np.asarray(present, bool))
        self.null_count = 0 if self.validity is None else int(self.length - np.count_nonzero(present))

    def own(self) -> None:
        """Copies the values, so that the caller may change its own."""
        self.buffers = [np.array(buffer) for buffer in self.buffers]


def _bits(values: np.ndarray) -> np.ndarray:
    return np.packbits(values, bitorder="little") if len(values) else np.zeros(1, np.uint8)


def _texts(values: np.ndarray, present: Optional[np.ndarray], place: str) -> Tuple[List[np.ndarray], Optional[np.ndarray]]:
    encoded: List[bytes] = []
    missing = np.zeros(len(values), bool)
    for row, value in enumerate(values):
        if present is not None and not present[row] or is_missing(value):
            missing[row] = True
            encoded.append(b"")
        elif isinstance(value, bytes):
            try:
                value.decode("utf-8")
            except UnicodeDecodeError as failure:
                raise InvalidError(
                    f"the bytes of row {row} are no UTF-8 ({failure.reason} at byte {failure.start})", place,
                    "Columns hold texts, no bytes: store numpy.frombuffer(value, numpy.uint8) as a layer, or decode them.") from failure
            encoded.append(value)
        elif isinstance(value, str):
            try:
                encoded.append(value.encode("utf-8"))
            except UnicodeEncodeError as failure:
                raise InvalidError(f"row {row} is not Unicode ({failure.reason})", place, "Take lone surrogates out of it.") from failure
        else:
            raise InvalidError(
                f"row {row} is {type(value).__name__}", place, "Columns of objects hold texts, numbers or booleans, each by themselves, and missing values; convert others: "
                ".astype(str).")
    offsets = np.zeros(len(values) + 1, np.int64)
    offsets[1:] = np.cumsum(np.array([len(one) for one in encoded], np.int64))
    data = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
    return [offsets, data], missing if missing.any() else None


def _times(values: np.ndarray, place: str) -> Tuple[bytes, List[np.ndarray], np.ndarray]:
    unit = np.datetime_data(values.dtype)[0]
    missing = np.isnat(values)
    if unit == "D":
        # NumPy also counts in multiples of a unit: datetime64[7D].
        single = values.astype("datetime64[D]")
        if (single.astype(values.dtype) != values)[~missing].any():
            raise InvalidError("a date is out of range", place, "Dates reach 5.8 million years from 1970.")
        days = single.astype(np.int64)
        days[missing] = 0
        if days.size and (abs(days) > 2**31 - 1).any():
            raise InvalidError("a date is out of range", place, "Dates reach 5.8 million years from 1970.")
        return b"tdD", [days.astype(np.int32)], missing
    whole = values.astype("datetime64[us]")
    # NaT is equal to nothing.
    if (whole.astype(values.dtype) != values)[~missing].any():
        raise InvalidError("a time is no whole number of microseconds", place, "Round it: column.dt.round('us').")
    micros = whole.astype(np.int64)
    micros[missing] = 0
    return b"tsu:", [micros], missing

"""Columns of an answer in which values are missing, as NumPy and pandas have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _arrow
from .errors import InvalidError

__all__ = ["filled", "for_pandas"]


def filled(column: _arrow.NamedColumn) -> np.ndarray:
    values, present = column.values, column.present
    if present is None or values.dtype.kind in "MO":
        return values
    filled = values.astype(np.float64)
    if values.dtype.kind in "iu":
        large = values[present & ((values > 2**53) | (values < -(2**53)))]
        if any(int(float(value)) != int(value) for value in large):
            raise InvalidError(
                "beside missing values it has integers beyond 2^53, which the float64 with NaN cannot hold", column.name,
                "Take pandas() or arrow(), which have missing integers.")
    filled[~present] = np.nan
    return filled


def for_pandas(pandas: Any, column: _arrow.NamedColumn) -> Any:
    values, present = column.values, column.present
    if present is None or values.dtype.kind not in "ib":
        return values if present is None or values.dtype.kind in "MO" else filled(column)
    if values.dtype.kind == "b":
        return pandas.arrays.BooleanArray(values, ~present)
    return pandas.arrays.IntegerArray(values, ~present)

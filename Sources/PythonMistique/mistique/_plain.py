"""Arrays of NumPy from whatever NumPy takes, without losing what NumPy would lose in silence."""

from __future__ import annotations

from typing import Any, Iterator, Optional

import numpy as np

from .errors import InvalidError, MistiqueError


def plain(value: Any, what: str) -> np.ndarray:
    """An array of NumPy with every value of `value` in it; nothing is copied that is one already.

    Raises
    ------
    InvalidError
        For a masked array, whose mask NumPy would forget; for an array of Arrow or pandas with missing values, of which it would make NaN; for integers
        beside other numbers that float64 does not hold; for a table of Arrow or polars; and for what NumPy makes no array of.
    """
    if _has_mask(value):
        raise InvalidError(
            "some of its values are masked", what,
            "Store array.filled(value), and numpy.ma.getmaskarray(array) as a layer or a column of its own; what lies under a mask is no data.")
    if isinstance(value, np.ma.MaskedArray):
        return value.data
    if _package(value) in ("pyarrow", "polars"):
        if hasattr(type(value), "columns"):
            raise InvalidError("it is a table", what, "Give it to add_frame, or one of its columns.")
        nulls = getattr(value, "null_count", 0)
        if nulls() if callable(nulls) else nulls:
            raise _missing(what, "pyarrow.table({name: values}) or polars.DataFrame({name: values})")
    if is_extension(value) and bool(value.isna().any()):
        raise _missing(what, "pandas.DataFrame({name: values})")
    try:
        array = np.asarray(value)
    except MistiqueError:
        raise  # an intermediate of ours that could not be read
    except (ValueError, TypeError, RuntimeError) as failure:
        raise InvalidError(f"NumPy makes no array of it ({failure})", what, "Give an array, or rows of one length.") from failure
    lost = next(_rounded(value), None) if array.dtype.kind == "f" else None
    if lost is not None:
        raise InvalidError(
            f"NumPy makes {array.dtype} of it, in which {lost} is another number", what,
            "Give the integers by themselves, as an array of int64 or uint64, and what is no integer as another.")
    return array


def texts(value: Any) -> Optional[np.ndarray]:
    """A list of texts, or of rows with texts, as an array of objects; None for anything else.

    NumPy makes texts of one length of them, and of all that stands beside them: zeros at their ends are lost, and all take what the longest takes.
    """
    if not isinstance(value, (list, tuple)) or not value:
        return None
    if any(isinstance(one, (str, bytes)) for one in value):
        found = np.empty(len(value), object)
        for place, one in enumerate(value):
            found[place] = one
        return found
    if not all(isinstance(row, (list, tuple)) for row in value) or len({len(row) for row in value}) != 1:
        return None
    if not any(isinstance(one, (str, bytes)) for row in value for one in row):
        return None
    found = np.empty((len(value), len(value[0])), object)
    for place, row in enumerate(value):
        for column, one in enumerate(row):
            found[place, column] = one
    return found


def _package(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def is_extension(value: Any) -> bool:
    """Whether a value is an array or a column of pandas with a type of pandas, in which values may be missing."""
    return _package(value) == "pandas" and hasattr(value, "isna") and not isinstance(getattr(value, "dtype", np.dtype(float)), np.dtype)


def _missing(what: str, table: str) -> InvalidError:
    return InvalidError("it has missing values, of which NumPy makes NaN", what, f"Give it to add_frame as a table, {table}, or fill them.")


def _rounded(value: Any) -> Iterator[int]:
    """The integers in lists and in tables of pandas that float64 does not hold."""
    if isinstance(value, (list, tuple)):
        for one in value:
            if type(one) is int:
                if abs(one) > 2**53 and int(float(one)) != one:
                    yield one
            elif not isinstance(one, (float, str, bytes)):
                yield from _rounded(one)
    elif _package(value) == "pandas" and hasattr(value, "columns"):
        for place in range(value.shape[1]):
            yield from _rounded(value.iloc[:, place].to_numpy())
    elif isinstance(value, (np.ndarray, np.integer)) and value.dtype.kind in "iu" and value.dtype.itemsize == 8:
        yield from _rounded(np.asarray(value).ravel().tolist())


def _has_mask(value: Any) -> bool:
    """Whether a value is masked, in an array or in lists of arrays."""
    if isinstance(value, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(value).any())
    return isinstance(value, (list, tuple)) and any(_has_mask(one) for one in value)

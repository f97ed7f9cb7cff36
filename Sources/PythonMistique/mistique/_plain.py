"""Arrays of NumPy from whatever NumPy takes, without losing what NumPy would lose in silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import InvalidError, MistiqueError


def plain(value: Any, what: str) -> np.ndarray:
    """An array of NumPy with every value of `value` in it; nothing is copied that is one already.

    Raises
    ------
    InvalidError
        For a masked array, whose mask NumPy would forget, for an array of Arrow with missing values, of which it would make NaN, and for what it makes no
        array of.
    """
    if _has_mask(value):
        raise InvalidError(
            "some of its values are masked", what,
            "Store array.filled(value), and numpy.ma.getmaskarray(array) as a layer or a column of its own; what lies under a mask is no data.")
    if isinstance(value, np.ma.MaskedArray):
        return value.data
    if type(value).__module__.partition(".")[0] in ("pyarrow", "polars"):
        nulls = getattr(value, "null_count", 0)
        if nulls() if callable(nulls) else nulls:
            raise InvalidError(
                "it has missing values, of which NumPy makes NaN", what, "Give it to add_frame as a table, pyarrow.table({name: values}) or polars.DataFrame({name: values}), or fill them.")
    try:
        return np.asarray(value)
    except MistiqueError:
        raise  # an intermediate of ours that could not be read
    except (ValueError, TypeError, RuntimeError) as failure:
        raise InvalidError(f"NumPy makes no array of it ({failure})", what, "Give an array, or rows of one length.") from failure


def _has_mask(value: Any) -> bool:
    """Whether a value is masked, in an array or in lists of arrays."""
    if isinstance(value, np.ma.MaskedArray):
        return bool(np.ma.getmaskarray(value).any())
    return isinstance(value, (list, tuple)) and any(_has_mask(one) for one in value)

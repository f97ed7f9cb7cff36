"""Columns of Python objects: what they hold, by its own type where all of it has one."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

import numpy as np

from .errors import InvalidError

__all__ = ["is_missing", "typed"]


def is_missing(value: Any) -> bool:
    """Whether a value among texts says that there is none: None, NaN, and what pandas has for it."""
    return value is None or isinstance(value, float) and value != value or type(value).__name__ in ("NAType", "NaTType")


def typed(values: np.ndarray, present: Optional[np.ndarray], place: str) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Objects that are all numbers, or all booleans, as an array of their type; others as they are.

    Parameters
    ----------
    values : ndarray of object
        One-dimensional.
    present : ndarray of bool, optional
        False where a value is missing. None is, in any case; NaN is a number among others.

    Returns
    -------
    values : ndarray
    present : ndarray of bool or None

    Raises
    ------
    InvalidError
        For integers that no type holds, or not beside the numbers that they are among.
    """
    here = np.array([value is not None and type(value).__name__ not in ("NAType", "NaTType") for value in values], bool)
    if present is not None:
        here &= present
    found = [value for value, is_here in zip(values, here) if is_here]
    if all(isinstance(value, float) and value != value for value in found):
        return values, present  # of nothing but NaN nobody knows whether it stands for texts
    if all(isinstance(value, (bool, np.bool_)) for value in found):
        kind = np.dtype(bool)
    elif all(_is_number(value) for value in found):
        kind = _kind(found, place)
    else:
        return values, present
    result = np.zeros(len(values), kind)
    result[here] = np.array(found, kind)
    return result, None if here.all() else here


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _kind(found: List[Any], place: str) -> np.dtype:
    """The type that holds all of these numbers."""
    kinds = {value.dtype for value in found if isinstance(value, np.generic)}
    if len(kinds) == 1 and all(isinstance(value, np.generic) for value in found):
        return kinds.pop()
    integers = [int(value) for value in found if isinstance(value, (int, np.integer))]
    if len(integers) == len(found):
        for kind in (np.dtype(np.int64), np.dtype(np.uint64)):
            if np.iinfo(kind).min <= min(integers) and max(integers) <= np.iinfo(kind).max:
                return kind
        raise InvalidError(f"it has integers from {min(integers)} to {max(integers)}", place, "Columns hold integers of 64 bits; convert others: .astype(str).")
    lost = next((one for one in integers if abs(one) > 2**53 and (abs(one) > 2**1023 or int(float(one)) != one)), None)
    if lost is not None:
        raise InvalidError(
            f"it has {lost} beside numbers that are no integers, and float64, which holds those, does not hold it", place,
            "Give the integers as a column of their own, or texts: .astype(str).")
    return np.dtype(np.float64)

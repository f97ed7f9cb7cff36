"""What a ColumnTransformer gives its transformers, and whether what they give is the same again."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .errors import InvalidError

__all__ = ["input_of", "is_same", "require_small"]

#: Bytes that a sparse table of a step in a ColumnTransformer may take when it is made dense, which the capture holds until its end.
MOST_DENSE_BYTES = 256 << 20


def input_of(transformer: Any, name: str, columns: Any, X: Any) -> Any:
    """A copy of the columns that a fitted ColumnTransformer gives one of its transformers.

    Parameters
    ----------
    transformer : sklearn.compose.ColumnTransformer
    name : str
        Of the transformer that gets them.
    columns : str, int, slice or sequence
        As ``transformers_`` has them.
    X : DataFrame or array
        What the ColumnTransformer is given.
    """
    from sklearn.utils import _safe_indexing

    if hasattr(X, "columns") and hasattr(transformer, "feature_names_in_"):
        # In another table than it was fitted on, columns are found by their names.
        names = transformer.feature_names_in_[transformer._transformer_to_input_indices[name]]
        columns = names[0] if np.isscalar(columns) else list(names)
    elif not hasattr(X, "shape"):
        X = np.asarray(X, dtype=object)
    return copy.deepcopy(_safe_indexing(X, columns, axis=1))


def is_same(found: Any, part: Any, weight: Any) -> bool:
    """Whether values are, bit for bit, a part of what a ColumnTransformer gave, which has one type for all of them.

    Parameters
    ----------
    found : array, sparse matrix or DataFrame
        What a transformer gives.
    part : array, sparse matrix or DataFrame
        Its columns in what the ColumnTransformer gave.
    weight : float or None
        What these were multiplied by.
    """
    if weight is not None:
        found = found * weight
    if hasattr(found, "tocsr") and hasattr(part, "tocsr"):
        pairs = zip(_stored(found), _stored(part))
        return found.shape == part.shape and all(_is_same_array(one, other) for one, other in pairs)
    return _is_same_array(_plain(found), _plain(part))


def require_small(values: Any, name: str) -> None:
    """That a table may be stored, all of whose values count, with those that are zero.

    Parameters
    ----------
    values : array, sparse matrix or DataFrame
    name : str
        What the step is called.

    Raises
    ------
    InvalidError
        For a sparse matrix that is dense too large.
    """
    if not hasattr(values, "toarray"):
        return
    size = values.shape[0] * values.shape[1] * values.dtype.itemsize
    if size > MOST_DENSE_BYTES:
        raise InvalidError(
            f"it is sparse, and dense it would take {size >> 20} MB", name, "Capture fewer rows, or the pipeline by itself.")


def _stored(values: Any) -> Any:
    """The arrays of a sparse matrix, in one order."""
    rows = values.tocsr(copy=True)
    rows.sum_duplicates()
    return rows.indptr, rows.indices, rows.data


def _plain(values: Any) -> np.ndarray:
    if hasattr(values, "toarray"):
        return values.toarray()
    return np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)


def _is_same_array(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "OUS" or other.dtype.kind in "OUS":
        return all(a is b or a == b or a != a and b != b for a, b in zip(one.ravel().tolist(), other.ravel().tolist()))
    return np.ascontiguousarray(one.astype(other.dtype)).tobytes() == np.ascontiguousarray(other).tobytes()

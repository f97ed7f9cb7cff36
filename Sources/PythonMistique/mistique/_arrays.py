"""Arrays of NumPy, PyTorch and whatever NumPy takes, as the C interface takes them."""

from __future__ import annotations

import ctypes
import math
import sys
from ctypes import c_int64
from typing import Any, List, Sequence, Tuple

import numpy as np

from . import _library as c
from ._plain import plain
from .errors import InvalidError

#: Types that do not fit a float32: they become columns of a frame.
WIDE = {"float64", "int32", "int64", "uint32", "uint64"}
#: Columns of such a frame at most.
MOST_WIDE_COLUMNS = 4_096


def is_tensor(value: Any) -> bool:
    """Whether `value` is a tensor of PyTorch. Does not import it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def on_host(value: Any, what: str) -> Any:
    """A tensor that is plain memory of this machine, or an array; nothing is copied that is one already.

    Raises
    ------
    InvalidError
        For tensors that are no plain memory, and as `plain`.
    """
    if not is_tensor(value):
        array = plain(value, what)
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    # A masked tensor is a class of its own, whose values say nothing of the mask.
    if type(value).__name__ == "MaskedTensor":
        raise InvalidError("it is a masked tensor", what, "Store tensor.to_tensor(value), and tensor.get_mask() as a layer of its own.")
    if getattr(value, "is_nested", False):
        raise InvalidError("it is a nested tensor", what, "Store tensor.to_padded_tensor(0), with the lengths of the rows.")
    tensor = value.detach()
    torch = sys.modules["torch"]
    if tensor.layout != torch.strided or tensor.is_quantized:
        raise InvalidError(f"it is a tensor of layout {tensor.layout}", what, "Store tensor.to_dense(), or tensor.dequantize().")
    if tensor.device.type != "cpu":
        tensor = tensor.to("cpu")
    if tensor.is_complex():
        raise InvalidError("its values are complex", what, "Store torch.view_as_real(tensor).")
    return tensor.resolve_neg() if hasattr(tensor, "resolve_neg") else tensor


def type_name(array: Any) -> str:
    """The name of the elements' type, the same for NumPy and PyTorch."""
    return str(array.dtype).rpartition(".")[2] if is_tensor(array) else array.dtype.name


def is_wide(array: Any) -> bool:
    """Whether a float32 does not hold its values."""
    return type_name(array) in WIDE


def copied(array: Any) -> Any:
    """The same values in memory of their own."""
    return array.clone() if is_tensor(array) else array.copy()


class Borrowed:
    """An array as a struct of the C interface, which lends its memory for the time of a call.

    Parameters
    ----------
    array
        Of NumPy or PyTorch, as `on_host` gives it.
    what : str
        What it is called in errors.
    """

    def __init__(self, array: Any, what: str) -> None:
        name = type_name(array)
        number = c.NARROW.get(name)
        if number is None:
            raise InvalidError(
                f"its elements are {name}", what, "Store booleans, integers of 8 or 16 bits, float16, bfloat16 or float32; convert others.")
        if is_tensor(array):
            size = array.element_size()
            shape, strides = list(array.shape), [stride * size for stride in array.stride()]
            address = array.data_ptr()
        else:
            if any(stride < 0 for stride in array.strides):
                array = np.ascontiguousarray(array)
            size = array.itemsize
            shape, strides = list(array.shape), list(array.strides)
            address = array.ctypes.data
        if not shape:
            raise InvalidError("it is a single value", what, "Store arrays whose first dimension counts the rows.")
        self.array = array
        self.shape: Tuple[int, ...] = tuple(shape)
        self._shape = (c_int64 * len(shape))(*shape)
        self._strides = (c_int64 * len(shape))(*strides)
        empty = any(length == 0 for length in shape)
        extent = 0 if empty else size + sum((length - 1) * stride for length, stride in zip(shape, strides))
        self.struct = c.Array(
            data=address or None, data_bytes=extent, type=number, dimensions=len(shape),
            shape=ctypes.cast(self._shape, ctypes.POINTER(c_int64)), strides=ctypes.cast(self._strides, ctypes.POINTER(c_int64)))


def wide_columns(array: Any, what: str) -> List[Tuple[str, np.ndarray]]:
    """The columns of a frame for values that do not fit a float32: n0, n1, ... in the order of a row.

    Raises
    ------
    InvalidError
        When there would be more than ``MOST_WIDE_COLUMNS``.
    """
    values = array.numpy() if is_tensor(array) else array
    flat = values.reshape(values.shape[0], math.prod(values.shape[1:]))
    if flat.shape[1] > MOST_WIDE_COLUMNS:
        raise InvalidError(
            f"a row has {flat.shape[1]} values of {type_name(array)}, which float32 does not hold", what,
            f"Convert them to float32 yourself, or store up to {MOST_WIDE_COLUMNS} of them.")
    return [(f"n{place}", flat[:, place]) for place in range(flat.shape[1])]


def picked(array: Any, rows: np.ndarray) -> Any:
    """The rows of an array or tensor where `rows` is true."""
    if is_tensor(array):
        return array[sys.modules["torch"].from_numpy(np.flatnonzero(rows))]
    return array[rows]


def lengths_of(mask: Any) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a mask of sequences says of each row.

    Parameters
    ----------
    mask : array of shape (rows, T)
        True or 1 where there is a token.

    Returns
    -------
    mask : ndarray of bool
        A copy.
    offsets : ndarray of int64
        The place of each row's first token.
    lengths : ndarray of int64
        How many tokens each row has.

    Raises
    ------
    InvalidError
        For values other than 0 and 1, and when a row's tokens have gaps between them.
    """
    given = on_host(mask, "mask")
    if not bool(((given == 0) | (given == 1)).all()):
        raise InvalidError(
            "it has values other than 0 and 1", "mask", "Give true or 1 where there is a token: of a mask that is added to scores, mask == 0.")
    # In bits NumPy may not have the type that a mask came in.
    values = (given.bool().numpy() if is_tensor(given) else given).astype(bool)
    if values.ndim != 2:
        raise InvalidError(f"its shape is {values.shape}", "mask", "Give a mask of shape (rows, T).")
    lengths = values.sum(axis=1, dtype=np.int64)
    offsets = values.argmax(axis=1).astype(np.int64) if values.shape[1] else np.zeros(len(values), np.int64)
    places = np.arange(values.shape[1])
    expected = (places >= offsets[:, None]) & (places < (offsets + lengths)[:, None])
    wrong = np.flatnonzero((values != expected).any(axis=1))
    if wrong.size:
        raise InvalidError(
            f"the tokens of row {wrong[0]} have gaps between them", "mask",
            "Give masks of padding on the left or the right; store what else is masked as a layer of its own.")
    return values, offsets, lengths


def mask_of_lengths(lengths: Sequence[int], width: int) -> np.ndarray:
    """The mask of rows that are padded on the right to `width`.

    Raises
    ------
    InvalidError
        For a length below 0 or above `width`.
    """
    counts = c.ids_of(lengths, "lengths", ordered=True)
    if counts.size and (counts.min() < 0 or counts.max() > width):
        raise InvalidError(f"lengths of {counts.min()} to {counts.max()} in sequences of {width}", "lengths", "Give 0 to the padded length.")
    return np.arange(width) < counts[:, None]

"""Answers on their way out: Arrow streams in capsules, and NumPy columns from them."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_char_p, c_void_p
from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np

from . import _library as c

_NAME = b"arrow_array_stream"
#: Streams in capsules, by address: their memory is the capsule's.
_streams: Dict[int, c.ArrowArrayStream] = {}

# As addresses: a py_object made of a capsule that is being freed would bring it back to life.
_get_pointer = ctypes.PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))
_Destructor = ctypes.PYFUNCTYPE(None, c_void_p)


@_Destructor
def _free(capsule):
    address = _get_pointer(capsule, _NAME)
    stream = _streams.pop(address, None)
    if stream is not None and stream.release:  # nobody took it
        stream.release(byref(stream))


_new = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, c_char_p, _Destructor)(("PyCapsule_New", ctypes.pythonapi))


def capsule(answer: int, index: int) -> Any:
    """A result as an ``arrow_array_stream`` capsule of Arrow's PyCapsule interface."""
    stream = c.ArrowArrayStream()
    c.call("answer_stream", answer, index, byref(stream))
    address = ctypes.addressof(stream)
    _streams[address] = stream
    return _new(address, _NAME, _free)


class NamedColumn(NamedTuple):
    """A column of an answer, copied."""

    name: str
    #: Numbers, booleans, datetime64, or objects (texts).
    values: np.ndarray
    #: False where a value is missing; None where none is.
    present: Optional[np.ndarray]


_TYPES = {b"l": np.dtype(np.int64), b"f": np.dtype(np.float32), b"g": np.dtype(np.float64), b"tdD": np.dtype(np.int32),
          b"tsu:": np.dtype(np.int64)}
_TIMES = {b"tdD": "datetime64[D]", b"tsu:": "datetime64[us]"}


def columns(answer: int, index: int) -> List[NamedColumn]:
    """The columns of a frame, `row_id` first."""
    stream, schema, batch = c.ArrowArrayStream(), c.ArrowSchema(), c.ArrowArray()
    c.call("answer_stream", answer, index, byref(stream))
    try:
        if stream.get_schema(byref(stream), byref(schema)) or stream.get_next(byref(stream), byref(batch)):
            raise RuntimeError("the library's own Arrow stream failed; this is a fault of the library")
        try:
            return [_column(schema.children[place].contents, batch.children[place].contents) for place in range(schema.n_children)]
        finally:
            batch.release(byref(batch))
            schema.release(byref(schema))
    finally:
        stream.release(byref(stream))


def read(address: Optional[int], count: int, kind: Any) -> np.ndarray:
    """A copy of `count` values."""
    kind = np.dtype(kind)
    if not count:
        return np.empty(0, kind)
    # Not by string_at, whose size is an int of 32 bits.
    return np.frombuffer((ctypes.c_char * (count * kind.itemsize)).from_address(address), kind).copy()


def _truths(address: Optional[int], count: int) -> np.ndarray:
    return np.unpackbits(read(address, (count + 7) // 8, np.uint8), count=count, bitorder="little").astype(bool)


def _column(schema: c.ArrowSchema, array: c.ArrowArray) -> NamedColumn:
    name, count, form = schema.name.decode("utf-8"), array.length, schema.format
    present = _truths(array.buffers[0], count) if array.null_count and array.buffers[0] else None
    if form == b"b":
        return NamedColumn(name, _truths(array.buffers[1], count), present)
    if form == b"U":
        offsets = read(array.buffers[1], count + 1, np.int64)
        data = read(array.buffers[2], int(offsets[-1]), np.uint8).tobytes()
        texts = np.empty(count, object)
        for row in range(count):
            if present is None or present[row]:
                texts[row] = data[offsets[row]:offsets[row + 1]].decode("utf-8", "replace")
        return NamedColumn(name, texts, present)
    values = read(array.buffers[1], count, _TYPES[form])
    if form in _TIMES:
        values = values.astype(np.int64).astype(_TIMES[form])
        if present is not None:
            values[~present] = np.datetime64("NaT")
    return NamedColumn(name, values, present)

"""Record batches of Arrow in memory of their own, which nobody else writes to."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_void_p, cast, pointer
from typing import Any, List, Optional

import numpy as np

from . import _library as c
from ._arrow import read

__all__ = ["OwnBatch"]

#: Bytes per value of the formats of fixed width that a store takes; those of timestamps begin with ``ts``.
_WIDTHS = {
    b"c": 1, b"C": 1, b"s": 2, b"S": 2, b"i": 4, b"I": 4, b"l": 8, b"L": 8, b"e": 2, b"f": 4, b"g": 8, b"tdD": 4, b"tdm": 8}
#: The types of the offsets of texts.
_OFFSETS = {b"u": np.int32, b"U": np.int64}


@c.ReleaseArray
def _release(array):
    array.contents.release = c.ReleaseArray()


class OwnBatch:
    """A record batch with copies of the values of another one.

    Arrow says that memory does not change, but ``pyarrow.array`` shares that of an array of NumPy, which may. Of a column whose format no store
    takes nothing is copied: the library refuses it by its format.

    Parameters
    ----------
    schema : ArrowSchema
        Must live as long as the copy is used.
    array : ArrowArray
        May be released as soon as this returns.

    Attributes
    ----------
    array : ArrowArray
    """

    def __init__(self, schema: c.ArrowSchema, array: c.ArrowArray) -> None:
        #: What the pointers in `array` lead to.
        self._kept: List[Any] = []
        self.array = self._copied(schema, array)

    def _copied(self, schema: c.ArrowSchema, array: c.ArrowArray) -> c.ArrowArray:
        buffers = self._buffers(schema.format, array)
        own = c.ArrowArray(length=array.length, null_count=array.null_count, offset=array.offset, n_buffers=len(buffers), release=_release)
        addresses = (c_void_p * max(1, len(buffers)))(*[None if buffer is None else buffer.ctypes.data for buffer in buffers])
        own.buffers = cast(addresses, POINTER(c_void_p))
        self._kept += [buffers, addresses]
        if schema.format == b"+s" and array.n_children:
            children = [self._copied(schema.children[place].contents, array.children[place].contents) for place in range(array.n_children)]
            listed = (POINTER(c.ArrowArray) * len(children))(*map(pointer, children))
            own.n_children, own.children = len(children), cast(listed, POINTER(POINTER(c.ArrowArray)))
            self._kept += [children, listed]
        if schema.dictionary and array.dictionary:
            dictionary = self._copied(schema.dictionary.contents, array.dictionary.contents)
            own.dictionary = pointer(dictionary)
            self._kept.append(dictionary)
        return own

    def append(self, capture: int, name: str, schema: c.ArrowSchema) -> None:
        """Hands it to a capture, which takes the schema too."""
        # In another thread, as the columns of other tables: these are released by a function of Python as well.
        c.interruptible(c_int32(), lambda: c.call("capture_append_frame", capture, c.text(name, "name"), byref(schema), byref(self.array), None))

    @staticmethod
    def _buffers(form: bytes, array: c.ArrowArray) -> List[Optional[np.ndarray]]:
        count = array.length + array.offset

        def buffer(place: int, size: int) -> Optional[np.ndarray]:
            there = place < array.n_buffers and array.buffers[place] and size > 0
            return read(array.buffers[place], size, np.uint8) if there else None

        validity = buffer(0, (count + 7) // 8)
        if form == b"+s":
            return [validity]
        if form == b"b":
            return [validity, buffer(1, (count + 7) // 8)]
        width = 8 if form.startswith(b"ts") else _WIDTHS.get(form)
        if width is not None:
            return [validity, buffer(1, count * width)]
        kind = _OFFSETS.get(form)
        if kind is not None:
            offsets = buffer(1, (count + 1) * np.dtype(kind).itemsize)
            return [validity, offsets, None if offsets is None else buffer(2, int(offsets.view(kind)[-1]))]
        if form == b"vu" and array.n_buffers >= 3:
            others = array.n_buffers - 3
            sizes = buffer(2 + others, 8 * others)
            texts = [] if sizes is None else [buffer(2 + place, int(size)) for place, size in enumerate(sizes.view(np.int64))]
            return [validity, buffer(1, count * 16), *texts, sizes]
        return []

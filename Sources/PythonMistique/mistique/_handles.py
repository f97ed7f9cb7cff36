"""Answers as the library has them: what asks for one, what lends its values, and what frees it."""

from __future__ import annotations

import sys
from ctypes import byref, c_int32, c_uint64
from typing import Any, Optional, Tuple

import numpy as np

from . import _library as c
from .errors import MistiqueError

__all__ = ["Handle", "Lent", "ask", "bounds"]

_FLOAT32 = np.dtype(np.float32).str


class Lent:
    """Values of an answer, read-only, which lives as long as any array over them."""

    def __init__(self, answer: "Handle", address: int, shape: Tuple[int, ...]) -> None:
        self.answer = answer
        self.__array_interface__ = {"data": (address, True), "shape": shape, "typestr": _FLOAT32, "version": 3}


class Handle:
    """An answer of the library, freed when nobody needs it.

    Made before the library is asked, which puts its number in: so it is freed even when a Ctrl-C is raised as soon as the library has answered.
    """

    def __init__(self) -> None:
        #: The library's number; 0 as long as there is none.
        self.slot = c_uint64()

    @property
    def number(self) -> int:
        """The library's number."""
        return self.slot.value

    def __del__(self) -> None:
        # At the end of the interpreter, or in a forked child, there is nothing to free any more.
        if c is not None and sys is not None and not sys.is_finalizing() and self.slot.value:
            try:
                c.call("answer_free", self.number)
            except MistiqueError:
                pass


def ask(store: int, key: Any, ids: Optional[np.ndarray], options: c.AskOptions) -> Handle:
    """The answer to one key, as `key_list` gives it."""
    answer = Handle()
    rows = None if ids is None else c.pointer(ids)
    c.call("ask", store, key, 1, rows, 0 if ids is None else ids.size, byref(options), byref(answer.slot))
    return answer


def bounds(store: int, key: str, ids: Optional[np.ndarray], flag: Optional[c_int32]) -> Handle:
    """The answer with the lower and the upper bounds of a key's values, unless `flag` is raised before."""
    answer = Handle()
    rows = None if ids is None else c.pointer(ids)
    c.call("bounds_until", store, c.text(key, "key"), rows, 0 if ids is None else ids.size, byref(c.stopped_by(flag)), byref(answer.slot))
    return answer

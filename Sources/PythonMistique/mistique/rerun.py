"""Functions that re-run captured models, as the library calls them."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_void_p
from typing import Any, Callable, List, Mapping, Optional

import numpy as np

from . import _library as c
from ._arrays import Borrowed, on_host
from ._holding import released
from ._rerunning import rerunning
from .errors import InvalidError, MissingRowError

__all__ = ["Rerun", "RerunFunction"]

#: Takes the names of layers and row ids, and gives each layer's rows in the order of the ids.
RerunFunction = Callable[[List[str], np.ndarray], Mapping[str, Any]]


class Rerun:
    """A function of Python's as one that the library can call. Must stay alive as long as it is registered."""

    def __init__(self, function: RerunFunction, ids: Optional[np.ndarray]) -> None:
        if not callable(function):
            raise InvalidError(f"it is {type(function).__name__}", "function", "Pass a function of layers and ids, or None.")
        self._function, self._ids = function, ids
        self._known = None if ids is None else np.sort(ids)
        self._callback = c.RerunFunction(self._call)

    @property
    def address(self) -> c_void_p:
        """What the library calls."""
        return ctypes.cast(self._callback, c_void_p)

    def _call(self, _context: Any, request: Any, error: Any) -> int:
        # Nothing may be raised across the library: it would be printed and forgotten.
        outer, rerunning.call = rerunning.call, self
        try:
            with released():
                self._run(request.contents)
            return 0
        except BaseException as failure:
            # On the thread that asked: its question raises it.
            if rerunning.failures:
                rerunning.failures[-1].append(failure)
            where = type(failure).__name__
            c.library().mistique_error_set(
                error, c.CALLBACK, f"the function that re-runs it raised {where}: {failure}".encode("utf-8", "replace").replace(b"\0", b"?"),
                request.contents.model, b"See the exception that this one came from.")
            return c.CALLBACK
        finally:
            rerunning.call = outer

    def _run(self, request: c.RerunRequest) -> None:
        layers = [request.layers[place].decode("utf-8") for place in range(request.layer_count)]
        if request.row_count >= 0:
            ids = np.ctypeslib.as_array(request.rows, (request.row_count,)).copy() if request.row_count else np.empty(0, np.int64)
        elif self._ids is not None:
            ids = self._ids
        else:
            raise InvalidError(
                "all rows are asked for, and nobody knows which they are", request.model.decode("utf-8"),
                "Register the function with all ids: store.rerun(name, function, ids=ids).")
        if self._known is not None:
            places = np.searchsorted(self._known, ids)
            unknown = ids[self._known[np.minimum(places, self._known.size - 1)] != ids] if self._known.size else ids
            if unknown.size:
                raise MissingRowError(
                    f"row_id {unknown[0]} is not among the {self._known.size} ids that its function was registered with",
                    request.model.decode("utf-8"), "Ask for rows that were captured, or register the function with all ids.")
        # A copy: the ids that the values are said to be of are ours.
        given = self._function(layers, ids.copy())
        for layer in layers:
            if layer not in given:
                raise InvalidError(f"the function gave no {layer!r}", layer, f"Return a mapping with {', '.join(layers)}.")
            borrowed = Borrowed(on_host(given[layer], layer), layer)
            if borrowed.shape[0] != len(ids):
                raise InvalidError(
                    f"the function gave {borrowed.shape[0]} rows for {len(ids)} ids", layer, "Return one row per id, in the order of the ids.")
            c.call("rerun_emit", request.sink, c.text(layer, "layer"), byref(borrowed.struct), c.pointer(ids))

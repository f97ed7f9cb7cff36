"""The C interface by ctypes: its structs, its functions, and calls that raise.

Mirrors ``Sources/CMistique/include/mistique.h``; nothing here takes a decision.
"""

from __future__ import annotations

import ctypes
import functools
import json
import threading
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any, Callable, Optional, Sequence

import numpy as np

from . import _find, errors
from ._interruptible import interruptible
from ._plain import plain
from ._structs import (
    Array, ArrowArray, ArrowArrayStream, ArrowSchema, AskOptions, Callbacks, CaptureOptions, Error, OpenOptions, ProgressFunction, ReleaseArray,
    ReleaseFunction, ReleaseSchema, RerunFunction, RerunRequest, Shape, StopFunction)

ABI_VERSION = 1

FLOAT32, FLOAT16, BFLOAT16, FLOAT64, BOOL, INT8, UINT8, INT16, UINT16, INT32, INT64 = range(1, 12)
#: The header's number of each type that a store keeps as float32, by name.
NARROW = {"float32": FLOAT32, "float16": FLOAT16, "bfloat16": BFLOAT16, "bool": BOOL, "int8": INT8, "uint8": UINT8, "int16": INT16,
          "uint16": UINT16}
NAME_OF = {number: name for name, number in NARROW.items()}
MAPS, FRAME = 1, 2
PLANS = {"automatic": 0, "read": 1, "rerun": 2}
ACCURACIES = {"stored": 0, "exact": 1, "approximate": 2}
CANCELLED, CALLBACK = 32, 36

# ---- Functions ----

_TEXT = POINTER(c_void_p)  # char **
_IDS = c_void_p  # int64_t *, as `pointer` gives it
_KEYS = POINTER(c_char_p)
#: Arguments before the error, which every function with a code ends with.
_FUNCTIONS = {
    "open": [c_char_p, POINTER(OpenOptions), POINTER(c_uint64)],
    "close": [c_uint64],
    "models": [c_uint64, _TEXT],
    "describe": [c_uint64, c_char_p, c_char_p, _TEXT],
    "kept": [c_uint64, c_char_p, c_char_p, _TEXT],
    "delete_until": [c_uint64, c_char_p, c_char_p, POINTER(Callbacks), POINTER(c_int64)],
    "demote_until": [c_uint64, c_char_p, c_char_p, c_char_p, c_char_p, POINTER(Callbacks), POINTER(c_int64)],
    "verify": [c_uint64, POINTER(Callbacks), _TEXT],
    "capture_begin": [c_uint64, POINTER(CaptureOptions), POINTER(c_uint64)],
    "capture_rows": [c_uint64, _IDS, c_int64],
    "capture_append": [c_uint64, c_char_p, POINTER(Array), _IDS],
    "capture_append_frame": [c_uint64, c_char_p, POINTER(ArrowSchema), POINTER(ArrowArray), _IDS],
    "capture_keep": [c_uint64],
    "capture_drop": [c_uint64],
    "capture_has": [c_uint64, _IDS, c_int64, POINTER(c_uint8)],
    "capture_describe": [c_uint64, _TEXT],
    "capture_finish": [c_uint64, _TEXT],
    "capture_abandon": [c_uint64],
    "ask": [c_uint64, _KEYS, c_int64, _IDS, c_int64, POINTER(AskOptions), POINTER(c_uint64)],
    "bounds_until": [c_uint64, c_char_p, _IDS, c_int64, POINTER(Callbacks), POINTER(c_uint64)],
    "explain": [c_uint64, _KEYS, c_int64, _IDS, c_int64, POINTER(AskOptions), _TEXT],
    "topk_until": [c_uint64, c_char_p, c_int64, c_int32, POINTER(AskOptions), _IDS, POINTER(c_double), POINTER(c_int64)],
    "answer_count": [c_uint64, POINTER(c_int64)],
    "answer_shape": [c_uint64, c_int64, POINTER(Shape)],
    "answer_describe": [c_uint64, c_int64, _TEXT],
    "answer_ids": [c_uint64, c_int64, _IDS, c_int64],
    "answer_values": [c_uint64, c_int64, c_int32, c_void_p, c_int64],
    "answer_view": [c_uint64, c_int64, POINTER(c_void_p)],
    "answer_stream": [c_uint64, c_int64, POINTER(ArrowArrayStream)],
    "answer_free": [c_uint64],
    "rerun_register": [c_uint64, c_char_p, c_char_p, c_void_p, c_void_p, c_void_p],
    "rerun_emit": [c_uint64, c_char_p, POINTER(Array), _IDS],
}

_loaded: Optional[ctypes.CDLL] = None
_loading = threading.Lock()


def _load() -> ctypes.CDLL:
    path = _find.library()
    library = ctypes.CDLL(str(path))
    if not hasattr(library, "mistique_abi_version"):
        raise ImportError(f"{path} is no libmistique.so: it has no mistique_abi_version. Build it (make library), or set MISTIQUE_LIBRARY to it.")
    library.mistique_abi_version.restype = c_uint32
    version = library.mistique_abi_version()
    if version != ABI_VERSION:
        raise ImportError(f"{path} has version {version} of the C interface, and this package needs {ABI_VERSION}. Build both from one checkout.")
    library.mistique_error_clear.argtypes = [POINTER(Error)]
    library.mistique_error_clear.restype = None
    library.mistique_error_set.argtypes = [POINTER(Error), c_int32, c_char_p, c_char_p, c_char_p]
    library.mistique_error_set.restype = None
    library.mistique_string_free.argtypes = [c_void_p]
    library.mistique_string_free.restype = None
    for name, arguments in _FUNCTIONS.items():
        function = getattr(library, f"mistique_{name}", None)
        if function is None:
            raise ImportError(f"{path} has no mistique_{name}: it is older than this package. Build both from one checkout (make library).")
        function.argtypes = arguments + [POINTER(Error)]
        function.restype = c_int32
    return library


def library() -> ctypes.CDLL:
    """The library, loaded when it is first needed."""
    global _loaded
    if _loaded is None:
        with _loading:
            if _loaded is None:
                _loaded = _load()
    return _loaded


def _text(address: Optional[int]) -> str:
    return ctypes.string_at(address).decode("utf-8", "replace") if address else ""


@functools.lru_cache(maxsize=None)  # a question calls several
def function(name: str) -> Callable[..., int]:
    """``mistique_<name>``, whose last argument is an `Error`."""
    return getattr(library(), f"mistique_{name}")


def call(name: str, *arguments: Any) -> None:
    """Calls ``mistique_<name>``.

    Raises
    ------
    MistiqueError
        What the call tells.
    """
    error = Error()
    code = function(name)(*arguments, byref(error))
    if code == 0:
        return
    texts = [_text(address) for address in (error.what, error.place, error.remedy, error.cause)]
    library().mistique_error_clear(byref(error))
    raise errors.error(code, *texts)


def call_text(name: str, *arguments: Any) -> str:
    """Calls a function whose last output is a text."""
    text = c_void_p()
    call(name, *arguments, byref(text))
    try:
        return _text(text.value)
    finally:
        library().mistique_string_free(text)


def call_json(name: str, *arguments: Any) -> Any:
    """Calls a function whose last output is JSON."""
    return json.loads(call_text(name, *arguments))


def text(value: Any, what: str) -> bytes:
    """UTF-8 for a ``const char *``.

    Raises
    ------
    InvalidError
        For what is no text, or has a zero in it, which would end it early.
    """
    if not isinstance(value, str):
        raise errors.InvalidError(f"it is {type(value).__name__}, not a text", what, "Pass a str.")
    try:
        encoded = value.encode("utf-8")
    except UnicodeEncodeError as failure:
        raise errors.InvalidError(f"it is not Unicode ({failure.reason})", what, "Pass a str without lone surrogates.") from failure
    if b"\0" in encoded:
        raise errors.InvalidError("it has a zero character in it", what, "Pass a str without \\0.")
    return encoded


def ids_of(values: Any, what: str = "ids", ordered: bool = False) -> np.ndarray:
    """Row ids as a contiguous int64 array of their own: what becomes of `values` afterwards changes nothing in it.

    Raises
    ------
    InvalidError
        For what are no integers of 64 bits, or has more than one dimension; for a set where the order counts.
    """
    if ordered and isinstance(values, (set, frozenset)):
        raise errors.InvalidError("a set has no order, and theirs counts", what, "Give them in the order of the rows.")
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    if isinstance(values, (range, set, frozenset)):
        values = list(values)
    array = np.atleast_1d(plain(values, what))
    if array.size == 0 and array.ndim == 1:
        return np.empty(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise errors.InvalidError(
            f"they are {array.dtype} of shape {array.shape}", what,
            "Give one integer per row, such as its place in the data set; keep other names in a table of your own.")
    if array.dtype == np.uint64 and (array > np.uint64(2**63 - 1)).any():
        raise errors.InvalidError("one is larger than 2^63 - 1", what, "Give integers of 64 bits.")
    return np.array(array, np.int64)


_NOWHERE = (c_int64 * 1)()


def pointer(ids: np.ndarray) -> Any:
    """The pointer that a call takes for `ids`, which must stay alive; never NULL."""
    return ids.ctypes.data if ids.size else _NOWHERE


def key_list(keys: Sequence[str]) -> Any:
    """Keys as an array of ``const char *``."""
    return (c_char_p * max(1, len(keys)))(*[text(key, "key") for key in keys])


def stopped_by(flag: Optional[c_int32]) -> Callbacks:
    """What ends a call once `flag` is raised; nothing does without one."""
    return Callbacks() if flag is None else Callbacks(stop_flag=ctypes.pointer(flag))

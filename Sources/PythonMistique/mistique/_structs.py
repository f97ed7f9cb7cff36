"""The structs of the C interface and of Arrow's, as ctypes has them: ``Sources/CMistique/include/mistique.h``."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from typing import Any

# ---- Arrow ----


class ArrowSchema(Structure):
    """Arrow's C data interface."""


class ArrowArray(Structure):
    """Arrow's C data interface."""


class ArrowArrayStream(Structure):
    """Arrow's C stream interface."""


ReleaseSchema = CFUNCTYPE(None, POINTER(ArrowSchema))
ReleaseArray = CFUNCTYPE(None, POINTER(ArrowArray))
ArrowSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_void_p), ("flags", c_int64), ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))), ("dictionary", POINTER(ArrowSchema)), ("release", ReleaseSchema), ("private_data", c_void_p),
]
ArrowArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64), ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)), ("children", POINTER(POINTER(ArrowArray))), ("dictionary", POINTER(ArrowArray)),
    ("release", ReleaseArray), ("private_data", c_void_p),
]
ArrowArrayStream._fields_ = [
    ("get_schema", CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowSchema))),
    ("get_next", CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowArray))),
    ("get_last_error", CFUNCTYPE(c_char_p, POINTER(ArrowArrayStream))),
    ("release", CFUNCTYPE(None, POINTER(ArrowArrayStream))),
    ("private_data", c_void_p),
]

# ---- Structs ----


class Error(Structure):
    """What a failed call tells."""

    # Pointers, not c_char_p: ctypes would copy the texts and forget where they are.
    _fields_ = [("code", c_int32), ("what", c_void_p), ("place", c_void_p), ("remedy", c_void_p), ("cause", c_void_p)]


StopFunction = CFUNCTYPE(c_int32, c_void_p)
ProgressFunction = CFUNCTYPE(None, c_void_p, c_int64, c_int64)


class Callbacks(Structure):
    """What a call asks and tells while it works."""

    _fields_ = [("context", c_void_p), ("stop", StopFunction), ("stop_flag", POINTER(c_int32)), ("progress", ProgressFunction)]


class Sized(Structure):
    """A struct that may grow: its first field is its size."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.struct_size = ctypes.sizeof(self)


class OpenOptions(Sized):
    """How a store is opened."""

    _fields_ = [("struct_size", c_size_t), ("rows_per_block", c_int64), ("writer_wait_seconds", c_double), ("models_kept", c_int64)]


class CaptureOptions(Sized):
    """What a capture is to do."""

    _fields_ = [
        ("struct_size", c_size_t), ("project", c_char_p), ("model", c_char_p), ("policy", c_char_p), ("note", c_char_p),
        ("memory_bytes", c_int64), ("checkpoint_bytes", c_int64), ("resumes", c_int32), ("callbacks", Callbacks),
    ]


class AskOptions(Sized):
    """How a question is answered."""

    _fields_ = [
        ("struct_size", c_size_t), ("plan", c_int32), ("accuracy", c_int32), ("bound", c_double), ("callbacks", Callbacks), ("within", c_char_p),
    ]


class Shape(Sized):
    """What a result is like."""

    _fields_ = [
        ("struct_size", c_size_t), ("kind", c_int32), ("type", c_int32), ("rows", c_int64), ("columns", c_int64), ("channels", c_int64),
        ("height", c_int64), ("width", c_int64), ("is_exact", c_int32), ("is_rerun", c_int32), ("seconds", c_double), ("bytes_read", c_int64),
        ("error_bound", c_double), ("capture", c_uint64),
    ]


class Array(Structure):
    """An array of the caller's."""

    _fields_ = [
        ("data", c_void_p), ("data_bytes", c_int64), ("type", c_int32), ("dimensions", c_int32), ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
    ]


class RerunRequest(Structure):
    """What a re-run function is to emit."""

    _fields_ = [
        ("project", c_char_p), ("model", c_char_p), ("layer_count", c_int64), ("layers", POINTER(c_char_p)), ("row_count", c_int64),
        ("rows", POINTER(c_int64)), ("sink", c_uint64),
    ]


RerunFunction = CFUNCTYPE(c_int32, c_void_p, POINTER(RerunRequest), POINTER(Error))
ReleaseFunction = CFUNCTYPE(None, c_void_p)

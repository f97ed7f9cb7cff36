"""Tables on their way into a store: pandas, NumPy, dictionaries, and whatever has Arrow's stream interface."""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, c_char_p, c_int32, c_void_p
from typing import Any, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import _arrays
from . import _library as c
from ._columns import Column
from ._plain import is_extension, texts
from .errors import InvalidError

# ---- From tables ----


def columns_of(table: Any, names: Optional[Sequence[str]] = None) -> List[Column]:
    """The columns of a table.

    Parameters
    ----------
    table
        A pandas DataFrame or Series, a mapping of names to arrays, or an array of shape (rows, columns) or (rows).
    names : sequence of str, optional
        Of the columns of an array; without it ``x0``, ``x1``, ...
    """
    if _is_pandas(table, "Series"):
        table = table.to_frame(name=table.name if table.name is not None else "value")
    if _is_pandas(table, "DataFrame"):
        # By place: two columns may have one name, which the store then refuses by itself.
        return [_of_series(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns)]
    if isinstance(table, Mapping):
        return [_of_values(name, values) for name, values in table.items()]
    if hasattr(table, "toarray"):
        table = _dense(table)
    found = texts(table)
    array = _on_host(table, "frame") if found is None else found
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise InvalidError(f"its shape is {array.shape}", "frame", "Give (rows, columns), or capture it as an array.")
    names = [f"x{place}" for place in range(array.shape[1])] if names is None else list(names)
    if len(names) != array.shape[1]:
        raise InvalidError(f"{len(names)} names for {array.shape[1]} columns", "frame", "Give one name per column.")
    return [Column(name, array[:, place]) for place, name in enumerate(names)]


def _on_host(values: Any, what: str) -> np.ndarray:
    """Values as NumPy has them; of bfloat16, which it does not have, as float32, which holds it exactly."""
    values = _arrays.on_host(values, what)
    if not _arrays.is_tensor(values):
        return values
    return values.float().numpy() if _arrays.type_name(values) == "bfloat16" else values.numpy()


def _of_values(name: Any, values: Any) -> Column:
    """A column of a mapping."""
    if _is_pandas(values, "Series"):
        return _of_series(str(name), values)
    if is_extension(values):
        # What is missing in it would become NaN, and its integers float64.
        return _of_series(str(name), sys.modules["pandas"].Series(values))
    if any(hasattr(values, name) for name in ("__arrow_c_array__", "__arrow_c_stream__")):
        # As an array of NumPy it would lose missing integers, time zones and more, without a word.
        raise InvalidError(
            f"it is a column of {type(values).__module__.partition('.')[0]} in a mapping", f"column {name!r}",
            "Give the whole as a table: pyarrow.table(mapping) or polars.DataFrame(mapping).")
    found = texts(values)
    return Column(name, _on_host(values, f"column {name!r}") if found is None else found)


#: Bytes that a sparse table may take when it is made dense.
MOST_DENSE_BYTES = 2 << 30


def _dense(table: Any) -> np.ndarray:
    size = table.shape[0] * table.shape[1] * table.dtype.itemsize
    if size > MOST_DENSE_BYTES:
        raise InvalidError(
            f"it is sparse, and dense it would take {size >> 20} MB", "frame", "Leave this step out, or capture it some rows at a time.")
    return np.asarray(table.toarray())


def _is_pandas(value: Any, name: str) -> bool:
    kind = type(value)
    return kind.__name__ == name and kind.__module__.partition(".")[0] == "pandas"


def _of_series(name: str, series: Any) -> Column:
    kind = series.dtype
    if getattr(kind, "tz", None) is not None:
        raise InvalidError(
            f"its times are of the zone {kind.tz}", f"column {name!r}", "Use column.dt.tz_convert('UTC').dt.tz_localize(None).")
    if kind == object:
        return Column(name, series.to_numpy(), series.notna().to_numpy())
    if isinstance(kind, np.dtype):
        return Column(name, series.to_numpy())
    if hasattr(kind, "subtype") and hasattr(kind, "fill_value"):
        # Sparse. What it does not hold is a value all the same.
        return _of_series(name, series.sparse.to_dense())
    present = series.notna().to_numpy()
    if str(kind) == "category":
        series = series.astype(series.cat.categories.dtype) if present.all() else series.astype(object)
        values = series.to_numpy()
        return Column(name, values, None if present.all() else present)
    plain = getattr(kind, "numpy_dtype", None)  # Int64, Float32, boolean
    if isinstance(plain, np.dtype) and plain.kind in "iufb":
        return Column(name, series.to_numpy(dtype=plain, na_value=plain.type(0)), present)
    return Column(name, series.astype(object).to_numpy(), present)


# ---- As Arrow structs ----


@c.ReleaseSchema
def _release_schema(schema):
    schema.contents.release = c.ReleaseSchema()


@c.ReleaseArray
def _release_array(array):
    array.contents.release = c.ReleaseArray()


class Batch:
    """Columns as a record batch that the library may take. Must stay alive until it has."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.rows = columns[0].length if columns else 0
        for column in columns:
            if column.length != self.rows:
                raise InvalidError(
                    f"it has {column.length} values and the first column {self.rows}", f"column {column.name.decode()!r}",
                    "Give every column a value for each row.")
        self._columns = list(columns)
        count = len(columns)
        self._schemas = (c.ArrowSchema * max(1, count))()
        self._arrays = (c.ArrowArray * max(1, count))()
        self._buffers: List[Any] = []
        for place, column in enumerate(columns):
            validity = column.validity.ctypes.data if column.validity is not None else None
            addresses = [validity] + [buffer.ctypes.data for buffer in column.buffers]
            buffers = (c_void_p * len(addresses))(*addresses)
            self._buffers.append(buffers)
            self._fill_schema(self._schemas[place], column.format, column.name)
            self._fill_array(self._arrays[place], column.length, column.null_count, buffers)
        self._schema_list = (POINTER(c.ArrowSchema) * max(1, count))(*[ctypes.pointer(self._schemas[place]) for place in range(count)])
        self._array_list = (POINTER(c.ArrowArray) * max(1, count))(*[ctypes.pointer(self._arrays[place]) for place in range(count)])
        self.schema, self.array = c.ArrowSchema(), c.ArrowArray()
        top = (c_void_p * 1)(None)
        self._buffers.append(top)
        self._fill_schema(self.schema, b"+s", b"")
        self._fill_array(self.array, self.rows, 0, top)
        self.schema.n_children = self.array.n_children = count
        self.schema.children = ctypes.cast(self._schema_list, POINTER(POINTER(c.ArrowSchema)))
        self.array.children = ctypes.cast(self._array_list, POINTER(POINTER(c.ArrowArray)))

    @staticmethod
    def _fill_schema(schema: c.ArrowSchema, form: bytes, name: bytes) -> None:
        schema.format, schema.name, schema.flags, schema.release = form, name, 2, _release_schema

    @staticmethod
    def _fill_array(array: c.ArrowArray, length: int, nulls: int, buffers: Any) -> None:
        array.length, array.null_count, array.n_buffers = length, nulls, len(buffers)
        array.buffers = ctypes.cast(buffers, POINTER(c_void_p))
        array.release = _release_array

    def append(self, capture: int, name: str, ids: Optional[np.ndarray]) -> None:
        """Hands it to a capture."""
        # In another thread: a Ctrl-C that Python raises in the functions that release the columns would be printed and forgotten.
        c.interruptible(c_int32(), lambda: c.call(
            "capture_append_frame", capture, c.text(name, "name"), ctypes.byref(self.schema), ctypes.byref(self.array),
            None if ids is None else c.pointer(ids)))


# ---- From Arrow ----


def is_arrow(table: Any) -> bool:
    """Whether a table is better taken through Arrow: pyarrow, polars, duckdb. pandas is not, since that would need pyarrow."""
    return hasattr(table, "__arrow_c_stream__") and not _is_pandas(table, "DataFrame") and not _is_pandas(table, "Series")


def _stream_of(capsule: Any) -> Any:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = c_void_p, [ctypes.py_object, c_char_p]
    return ctypes.cast(get(capsule, b"arrow_array_stream"), POINTER(c.ArrowArrayStream))


def batches_of(table: Any) -> Iterator[Tuple[c.ArrowSchema, c.ArrowArray]]:
    """The record batches of an Arrow stream with their schemas; whoever gets them releases them.

    Raises
    ------
    InvalidError
        When the stream fails, with what it says.
    """
    capsule = table.__arrow_c_stream__(None)
    stream = _stream_of(capsule)

    def check(code: int) -> None:
        if code:
            said = stream.contents.get_last_error(stream)
            raise InvalidError(
                f"its Arrow stream failed: {said.decode('utf-8', 'replace') if said else f'error {code}'}", "frame", "Give another table.")

    while True:
        array = c.ArrowArray()
        check(stream.contents.get_next(stream, ctypes.byref(array)))
        if not array.release:
            break
        schema = c.ArrowSchema()
        try:
            check(stream.contents.get_schema(stream, ctypes.byref(schema)))
        except InvalidError:
            array.release(ctypes.byref(array))
            raise
        yield schema, array
    del capsule

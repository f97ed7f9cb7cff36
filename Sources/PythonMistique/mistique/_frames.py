"""Tables on their way into a store: pandas, NumPy, dictionaries, and whatever has Arrow's stream interface."""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, c_char_p, c_int32, c_void_p
from typing import Any, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import _arrays
from . import _library as c
from ._plain import is_extension
from .errors import InvalidError

_FORMATS = {"i1": b"c", "u1": b"C", "i2": b"s", "u2": b"S", "i4": b"i", "u4": b"I", "i8": b"l", "u8": b"L", "f2": b"e", "f4": b"f",
            "f8": b"g"}


class Column:
    """One column as Arrow has it.

    Parameters
    ----------
    name : str
    values : ndarray
        One-dimensional.
    present : ndarray of bool, optional
        False where a value is missing; nothing is missing without it.

    Raises
    ------
    InvalidError
        For values of more or fewer dimensions, of types that no column has, and for those that would not come back as they are.
    """

    def __init__(self, name: Any, values: np.ndarray, present: Optional[np.ndarray] = None) -> None:
        self.name = c.text(str(name), "column name")
        place = f"column {name!r}"
        if values.ndim != 1:
            raise InvalidError(
                f"its shape is {values.shape}", place,
                "A column has one value per row: give each column of an array by itself, or the whole array as a layer (add).")
        if present is not None and len(present) != len(values):
            raise InvalidError(f"it has {len(values)} values and says of {len(present)} whether they are there", place, "Give one for each.")
        self.length = len(values)
        if values.dtype.kind in "OUS":
            self.format, self.buffers, missing = b"U", *_texts(values, present, place)
            present = None if missing is None else ~missing
        elif values.dtype.kind == "b":
            self.format, self.buffers = b"b", [_bits(values)]
        elif values.dtype.kind == "M":
            self.format, self.buffers, missing = _times(values, place)
            if missing.any():
                present = ~missing if present is None else present & ~missing
        else:
            native = values.astype(values.dtype.newbyteorder("=")) if not values.dtype.isnative else values
            form = _FORMATS.get(native.dtype.str[1:])
            if form is None:
                raise InvalidError(
                    f"its type is {values.dtype}", place, "Convert it to booleans, integers, float16 to float64, texts or dates.")
            self.format, self.buffers = form, [np.ascontiguousarray(native)]
        self.validity = None if present is None or present.all() else _bits(np.asarray(present, bool))
        self.null_count = 0 if self.validity is None else int(self.length - np.count_nonzero(present))


def _bits(values: np.ndarray) -> np.ndarray:
    return np.packbits(values, bitorder="little") if len(values) else np.zeros(1, np.uint8)


def _texts(values: np.ndarray, present: Optional[np.ndarray], place: str) -> Tuple[List[np.ndarray], Optional[np.ndarray]]:
    encoded: List[bytes] = []
    missing = np.zeros(len(values), bool)
    for row, value in enumerate(values):
        if present is not None and not present[row] or value is None or isinstance(value, float) and value != value:
            missing[row] = True
            encoded.append(b"")
        elif isinstance(value, bytes):
            try:
                value.decode("utf-8")
            except UnicodeDecodeError as failure:
                raise InvalidError(
                    f"the bytes of row {row} are no UTF-8 ({failure.reason} at byte {failure.start})", place,
                    "Columns hold texts, no bytes: store numpy.frombuffer(value, numpy.uint8) as a layer, or decode them.") from failure
            encoded.append(value)
        elif isinstance(value, str):
            try:
                encoded.append(value.encode("utf-8"))
            except UnicodeEncodeError as failure:
                raise InvalidError(f"row {row} is not Unicode ({failure.reason})", place, "Take lone surrogates out of it.") from failure
        else:
            raise InvalidError(
                f"row {row} is {type(value).__name__}", place, "Columns of objects hold texts and missing values; convert others: .astype(str).")
    offsets = np.zeros(len(values) + 1, np.int64)
    offsets[1:] = np.cumsum(np.array([len(one) for one in encoded], np.int64))
    data = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
    return [offsets, data], missing if missing.any() else None


def _times(values: np.ndarray, place: str) -> Tuple[bytes, List[np.ndarray], np.ndarray]:
    unit = np.datetime_data(values.dtype)[0]
    missing = np.isnat(values)
    if unit == "D":
        # NumPy also counts in multiples of a unit: datetime64[7D].
        single = values.astype("datetime64[D]")
        if (single.astype(values.dtype) != values)[~missing].any():
            raise InvalidError("a date is out of range", place, "Dates reach 5.8 million years from 1970.")
        days = single.astype(np.int64)
        days[missing] = 0
        if days.size and (abs(days) > 2**31 - 1).any():
            raise InvalidError("a date is out of range", place, "Dates reach 5.8 million years from 1970.")
        return b"tdD", [days.astype(np.int32)], missing
    whole = values.astype("datetime64[us]")
    # NaT is equal to nothing.
    if (whole.astype(values.dtype) != values)[~missing].any():
        raise InvalidError("a time is no whole number of microseconds", place, "Round it: column.dt.round('us').")
    micros = whole.astype(np.int64)
    micros[missing] = 0
    return b"tsu:", [micros], missing


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
    array = _on_host(table, "frame")
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
    # NumPy makes texts of what stands beside texts, and cuts zeros off their ends.
    if isinstance(values, (list, tuple)) and any(isinstance(value, (str, bytes)) for value in values):
        texts = np.empty(len(values), object)
        texts[:] = values
        return Column(name, texts)
    return Column(name, _on_host(values, f"column {name!r}"))


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

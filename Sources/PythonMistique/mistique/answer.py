"""Values of intermediates, as they are read."""

from __future__ import annotations

import math
from ctypes import byref, c_void_p
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import _arrow
from . import _library as c
from ._filled import filled, for_pandas
from ._handles import Handle, Lent
from ._wide import Wide, restored
from .errors import InvalidError

__all__ = ["Answer"]

_UINT16 = {"float16", "bfloat16"}


class Answer:
    """What one question about one intermediate was answered.

    Made by :meth:`mistique.Intermediate.get`. Holds the values until nobody needs them.

    Attributes
    ----------
    kind : str
        ``maps`` or ``frame``.
    type : str
        What the values are: the type they had when they were captured, or ``float32`` where the answer is not exact.
    is_exact : bool
        Whether the values are, bit for bit, what the model emitted, pooled where its policy pools.
    error_bound : float or None
        The largest error of a value where it is known: 0 for exact ones.
    is_rerun : bool
        Whether the model was run for it.
    seconds : float
        From the question to the answer.
    """

    def __init__(self, answer: Handle, index: int, asked: Optional[np.ndarray] = None, shape: Optional[Sequence[int]] = None,
                 wide: Optional[Wide] = None) -> None:
        self._handle = answer
        handle = answer.number
        self._index = index
        answered = c.Shape()
        c.call("answer_shape", handle, index, byref(answered))
        self.kind = "maps" if answered.kind == c.MAPS else "frame"
        self.type = c.NAME_OF.get(answered.type, "float32")
        self.rows, self.columns = answered.rows, answered.columns
        self.is_exact, self.is_rerun = bool(answered.is_exact), bool(answered.is_rerun)
        self.error_bound = None if math.isnan(answered.error_bound) else answered.error_bound
        self.seconds, self.bytes_read = answered.seconds, answered.bytes_read
        #: The capture that the model came from.
        self._capture: int = answered.capture
        self._maps = (answered.channels, answered.height, answered.width)
        self._shape = None if shape is None else tuple(shape)
        #: Of a layer that is stored as columns, and of which all columns were asked for.
        self._wide = wide
        if wide is not None:
            self.type = wide.type
        #: The row ids, in the order of the values.
        self.ids: np.ndarray
        self._order: Optional[np.ndarray] = None
        if asked is not None and asked.size == 1:
            self.ids = asked.copy()  # one row has one order
            return
        self.ids = np.empty(self.rows, np.int64)
        c.call("answer_ids", handle, index, c.pointer(self.ids), self.ids.size)
        if asked is not None and not np.array_equal(asked, self.ids):
            places = np.argsort(self.ids, kind="stable")
            self._order = places[np.searchsorted(self.ids, asked, sorter=places)]
            self.ids = asked.copy()

    # ---- Maps ----

    def numpy(self, copy: bool = False) -> np.ndarray:
        """The values, of maps or of a frame whose columns are of one type.

        Parameters
        ----------
        copy : bool
            Whether to copy them in any case. Without it float32 values are lent, read-only, where no row has to move.

        Returns
        -------
        ndarray of shape (rows, ...)
            In the type they had when they were captured; bfloat16, which NumPy does not have, as float32, which holds it exactly (`bits`
            gives the bits). With all columns in the shape of a captured row, else (rows, columns), as of a frame. A layer of float64 or of wide
            integers is a frame that `numpy` gives in its own type and shape; one column of it, and `pandas` and `arrow`, have the types of columns.

        Raises
        ------
        InvalidError
            For a frame with texts, missing values or columns of different types: take `pandas`, `arrow` or `dict`.
        """
        if self.kind == "frame":
            return restored(self._stacked(), self._wide)
        if self.type in ("float32", "bfloat16"):
            values = self._view()
            ordered = values if self._order is None else values[self._order]
            return ordered.copy() if copy and self._order is None else ordered
        if self.type == "float16":
            return self.bits().view(np.float16)
        return self._narrow(np.dtype(self.type), c.NARROW[self.type])

    def bits(self) -> np.ndarray:
        """float16 and bfloat16 values by their bits, as uint16.

        Raises
        ------
        InvalidError
            For values of other types.
        """
        self._require_maps()
        if self.type not in _UINT16:
            raise InvalidError(f"the values are {self.type}", "bits", "Ask for the bits of an exact answer of float16 or bfloat16.")
        return self._narrow(np.dtype(np.uint16), c.NARROW[self.type])

    def torch(self) -> Any:
        """The values as a tensor of PyTorch, in the type that they were captured in, bfloat16 too. Always a copy.

        Raises
        ------
        InvalidError
            For a type that PyTorch does not have, such as uint16 before 2.3.
        """
        import torch

        if self.type == "bfloat16":
            return torch.from_numpy(self.bits().view(np.int16)).view(torch.bfloat16)
        values = self.numpy(copy=True)
        try:
            return torch.from_numpy(values)
        except TypeError as failure:
            raise InvalidError(
                f"it is {values.dtype}, and PyTorch {torch.__version__} has no such type", "answer", "Take it by numpy(), and convert it: .astype(numpy.int32)."
            ) from failure

    def _require_maps(self) -> None:
        if self.kind != "maps":
            raise InvalidError("it is a frame", "answer", "Take it by pandas(), arrow() or dict().")

    @property
    def shape(self) -> Tuple[int, ...]:
        """(rows, ...), as `numpy` gives it."""
        return (self.rows if self._order is None else len(self._order),) + self._row_shape

    @property
    def _row_shape(self) -> Tuple[int, ...]:
        if self._wide is not None:
            return self._wide.shape
        if self._shape == (-1,):
            return (self.columns,)
        if self._shape is not None and math.prod(self._shape) == self.columns:
            return self._shape
        channels, height, width = self._maps
        if height * width > 1 and self.columns == channels * height * width:
            return (channels, height, width)
        return (self.columns,)

    def _view(self) -> np.ndarray:
        address = c_void_p()
        c.call("answer_view", self._handle.number, self._index, byref(address))
        count = self.rows * self.columns
        if not count:
            return np.empty((self.rows,) + self._row_shape, np.float32)
        return np.asarray(Lent(self._handle, address.value, (self.rows,) + self._row_shape))

    def _narrow(self, kind: np.dtype, number: int) -> np.ndarray:
        values = np.empty((self.rows,) + self._row_shape, kind)
        c.call("answer_values", self._handle.number, self._index, number, values.ctypes.data_as(c_void_p), values.nbytes)
        return values if self._order is None else values[self._order]

    # ---- Frames ----

    def dict(self) -> Dict[str, np.ndarray]:
        """The columns of a frame by their names, without the row ids. Missing numbers are NaN, missing texts None, missing times NaT."""
        return {column.name: filled(column) for column in self._columns()[1:]}

    def _stacked(self) -> np.ndarray:
        columns = self._columns()[1:]
        kinds = {column.values.dtype for column in columns}
        if len(kinds) > 1 or any(column.present is not None or column.values.dtype.kind == "O" for column in columns):
            raise InvalidError(
                "its columns are of different types, or texts, or have missing values", "answer", "Take it by pandas(), arrow() or dict().")
        return np.stack([column.values for column in columns], axis=1) if columns else np.empty((len(self.ids), 0))

    def _columns(self) -> List[_arrow.NamedColumn]:
        if self.kind != "frame":
            raise InvalidError("it is maps", "answer", "Take it by numpy(), torch() or arrow().")
        found = _arrow.columns(self._handle.number, self._index)
        if self._order is None:
            return found
        return [
            column._replace(values=column.values[self._order], present=None if column.present is None else column.present[self._order])
            for column in found
        ]

    def pandas(self) -> Any:
        """The columns as a pandas DataFrame whose index are the row ids; of maps, those of all columns, with their names."""
        import pandas

        index = pandas.Index(self.ids, name="row_id")
        if self.kind == "maps":
            return pandas.DataFrame(self.numpy().reshape(len(self.ids), self.columns), index=index, columns=self.names)
        columns = {column.name: for_pandas(pandas, column) for column in self._columns()[1:]}
        return pandas.DataFrame(columns, index=index)

    # ---- Arrow ----

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The answer for pyarrow, polars, duckdb and others, without a copy, in the intermediate's own order of rows."""
        return _arrow.capsule(self._handle.number, self._index)

    def arrow(self) -> Any:
        """The answer as a pyarrow table, `row_id` first, in the intermediate's own order of rows; of maps, one list of values per row."""
        import pyarrow

        return pyarrow.RecordBatchReader.from_stream(self).read_all()

    def polars(self) -> Any:
        """As `arrow`, a polars DataFrame."""
        import polars

        return polars.DataFrame(self)

    # ---- What it is about ----

    @property
    def names(self) -> Optional[List[str]]:
        """Names of the columns; None when there are more than 100,000."""
        return self._about().get("columns")

    @property
    def plan(self) -> str:
        """How it was fetched, in words."""
        return self._about()["plan"]

    def _about(self) -> Dict[str, Any]:
        return c.call_json("answer_describe", self._handle.number, self._index)

    def __len__(self) -> int:
        return len(self.ids)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        values = self.numpy(copy=bool(copy))
        return values if dtype is None else values.astype(dtype)

    def __repr__(self) -> str:
        exact = "exact" if self.is_exact else "not exact"
        how = "re-run" if self.is_rerun else "read"
        what = f"{self.type}, shape {self.shape}" if self.kind == "maps" or self._wide is not None else f"{len(self)} rows x {self.columns} columns"
        return f"<Answer: {what}, {exact}, {how} in {self.seconds * 1000:.2f} ms>"

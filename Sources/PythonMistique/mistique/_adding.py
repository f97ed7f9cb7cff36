"""Values on their way into a capture: arrays, sequences and tables, for the rows of the block that is open."""

from __future__ import annotations

from ctypes import byref, c_int32
from typing import TYPE_CHECKING, Any, List, Optional

import numpy as np

from . import _arrays, _frames
from . import _library as c
from ._arrow_copy import OwnBatch
from ._wide import Wide, WideLayers, column_of
from .answer import Answer
from .errors import CancelledError, InvalidError
from ._hidden import HIDDEN, ROWS_FRAME, WIDE_FRAME
from .intermediate import Intermediate

if TYPE_CHECKING:
    from .rows import Rows

__all__ = ["Adding"]


class Adding:
    """What a capture does with values. `Capture` is one."""

    name: str
    _flag: c_int32
    _rows: "Optional[Rows]"
    #: How many tokens all blocks before this one had.
    _tokens: int
    #: The layers that are stored as columns.
    _wide: WideLayers
    #: The id of the next text that says of a block which these are; None in a capture that is resumed and has none.
    _next_wide: Optional[int]

    @property
    def _open(self) -> int:
        """The library's number of a capture that has not ended."""
        raise NotImplementedError

    def add(self, layer: str, values: Any) -> None:
        """Stores what a layer emitted for the rows of the block that is open.

        Parameters
        ----------
        layer : str
        values : array or tensor
            Of shape (rows, ...). float32, float16, bfloat16, booleans and integers of up to 16 bits are kept bit for bit in memory that is bounded;
            float64 and wider integers too, as columns of a frame that is held in memory until the end. Answers have the type and the shape of both. With
            a mask or lengths, those of shape (rows, T, D) are sequences: with a mask those of its T, with lengths all, which must then have one T.
            Sequences of float64 and of wider integers are refused.

        Raises
        ------
        InvalidError
            For values without a row for each id, of types that cannot be stored, under a mask of ``numpy.ma``, or unlike those of the rows before.
        """
        self._store_rows(layer, values, True)

    def _store_rows(self, layer: str, values: Any, may_be_tokens: bool) -> None:
        """As `add`, of what may be sequences, or is none whatever its shape."""
        rows = self._block(layer)
        if rows.is_known:
            return
        array = _arrays.on_host(values, layer)
        if array.ndim == 0 or array.shape[0] != len(rows.ids):
            raise InvalidError(
                f"its shape is {tuple(array.shape)}, and there are {len(rows.ids)} row ids", layer,
                "Capture layers whose first dimension counts the rows; of others say which does: batch_dim={pattern: dimension}.")
        mask = rows.mask_for(layer, array.shape) if may_be_tokens else None
        if mask is not None and _arrays.is_wide(array):
            raise InvalidError(
                f"it is sequences of {_arrays.type_name(array)}, whose rows would be stored with their padding", layer,
                "Convert it to float32, or to integers of 16 bits.")
        if mask is not None:
            self._add_tokens(layer, array, mask, rows)
            return
        if rows.picked is not None:
            array = _arrays.picked(array, rows.picked)
        if _arrays.is_wide(array):
            wide = Wide(_arrays.type_name(array), tuple(int(length) for length in array.shape[1:]))
            self._wide.require_same(layer, wide)
            self._append_columns(layer, [_frames.Column(name, column) for name, column in _arrays.wide_columns(array, layer)], rows)
            rows.wide[layer] = wide
        else:
            self._append(layer, array, None)

    def _add_tokens(self, layer: str, array: Any, mask: np.ndarray, rows: "Rows") -> None:
        if rows.picked is not None:
            array, mask = _arrays.picked(array, rows.picked), mask[rows.picked]
        if _arrays.is_tensor(array):
            import torch

            tokens = array[torch.from_numpy(mask)]
        else:
            tokens = array[mask]
        self._append(layer, tokens, rows.token_ids(self._tokens))

    def _append(self, layer: str, array: Any, ids: Optional[np.ndarray]) -> None:
        held = self._block(layer).held
        if held is None:
            self._append_now(self._open, layer, _arrays.Borrowed(array, layer), ids)
        else:
            own = _arrays.Borrowed(_arrays.copied(array), layer)
            held.add(lambda capture: self._append_now(capture, layer, own, ids))

    def _append_now(self, capture: int, layer: str, borrowed: _arrays.Borrowed, ids: Optional[np.ndarray]) -> None:
        name, own = c.text(layer, "layer"), None if ids is None else c.pointer(ids)
        # In slices: between two of them Python can take a Ctrl-C. A call that is cancelled has taken nothing.
        self._flag.value = 1
        try:
            while True:
                try:
                    return c.call("capture_append", capture, name, byref(borrowed.struct), own)
                except CancelledError:
                    continue
        finally:
            self._flag.value = 0

    def add_frame(self, name: str, table: Any, columns: Optional[List[str]] = None) -> None:
        """Stores rows of a table for the rows of the block that is open. Tables are held in memory until the end.

        Parameters
        ----------
        name : str
        table
            Of pandas, pyarrow, polars, NumPy (rows, columns), or a mapping of names to arrays.
        columns : list of str, optional
            Names for the columns of an array.
        """
        rows = self._block(name)
        if rows.is_known:
            return
        if isinstance(table, Intermediate):
            table = table.get()
        if isinstance(table, Answer) and table.kind == "frame":
            # Its own columns, in the order of its ids: as Arrow it has the ids as a column of their own, in the intermediate's order.
            own = [_frames.Column(column.name, column.values, column.present) for column in table._columns()[1:]]
        elif _frames.is_arrow(table):
            self._add_arrow(name, _in_order(table, name), rows)
            return
        else:
            own = _frames.columns_of(table, columns)
        length = own[0].length if own else 0
        if length != len(rows.ids):
            raise InvalidError(f"it has {length} rows, and there are {len(rows.ids)} row ids", name, "Give one id per row.")
        if rows.picked is not None:
            raise InvalidError(
                "some of these rows were captured before", name, "Give tables in the same blocks as before, or leave known rows out (has).")
        self._append_columns(name, own, rows)

    def _append_columns(self, name: str, columns: List[_frames.Column], rows: "Rows") -> None:
        """Hands columns of the block's rows to the library."""
        if rows.held is None:
            _frames.Batch(columns).append(self._open, name, None)
            return
        for column in columns:
            column.own()
        batch = _frames.Batch(columns)
        rows.held.add(lambda capture: batch.append(capture, name, None))

    def _add_arrow(self, name: str, table: Any, rows: "Rows") -> None:
        if rows.picked is not None:
            raise InvalidError("some of these rows were captured before", name, "Leave known rows out (has).")
        batches = list(_frames.batches_of(table))
        if len(batches) != 1:
            for schema, array in batches:
                array.release(byref(array))
                schema.release(byref(schema))
            remedy = (
                "Give one at a time, each in a block of its own; pyarrow: table.combine_chunks()." if batches else
                "A table without rows comes in none: give its columns as arrays, or as pandas: table.to_pandas().")
            raise InvalidError(f"it comes in {len(batches)} batches", name, remedy)
        schema, array = batches[0]

        if rows.held is None:
            c.call("capture_append_frame", self._open, c.text(name, "name"), byref(schema), byref(array), None)
            return
        own = OwnBatch(schema, array)
        array.release(byref(array))
        rows.held.add(lambda capture: own.append(capture, name, schema), lambda: schema.release(byref(schema)))

    def _block(self, layer: str) -> "Rows":
        self._open
        if layer in HIDDEN:
            raise InvalidError("a capture keeps a frame of that name for itself", layer, f"Call it something else than {', '.join(sorted(HIDDEN))}.")
        if self._rows is None:
            raise InvalidError(
                "nobody said which rows these are", layer, "Run the model in a block: with capture.rows(ids): model(batch).")
        return self._rows

    def _add_wide(self, rows: "Rows") -> None:
        """Says what the layers were that are stored as columns."""
        if rows.wide and self._next_wide is not None:
            _frames.Batch([column_of(rows.wide)]).append(self._open, WIDE_FRAME, np.array([self._next_wide], np.int64))

    def _keep_wide(self, rows: "Rows") -> None:
        self._wide.keep(rows.wide)
        if self._next_wide is not None:
            self._next_wide += 1

    def _add_places(self, rows: "Rows") -> None:
        """Says where the tokens of each row are."""
        picked = slice(None) if rows.picked is None else rows.picked
        lengths, offsets = rows._lengths[picked], rows._offsets[picked]
        starts = self._tokens + np.cumsum(lengths) - lengths
        widths = np.full(len(lengths), rows.width, np.int64)
        places = {"start": starts, "length": lengths, "offset": offsets, "width": widths}
        columns = [_frames.Column(name, values) for name, values in places.items()]
        _frames.Batch(columns).append(self._open, ROWS_FRAME, None)


def _in_order(table: Any, name: str) -> Any:
    """A table as it is.

    Raises
    ------
    InvalidError
        For an answer whose rows were asked for in another order than the intermediate's: Arrow has them in that one, and the ids are in the other.
    """
    if isinstance(table, Answer) and table._order is not None:
        raise InvalidError(
            "its rows were asked for in another order than its intermediate's, which Arrow has them in", name,
            "Give answer.pandas(), or ask for the rows in the intermediate's order.")
    return table

"""Captures: arrays and tables, batch by batch, into one model of a store."""

from __future__ import annotations

import ctypes
import json
import os
import weakref
from ctypes import byref, c_int32, c_uint64, pointer
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Set

import numpy as np

from . import _arrays, _frames
from . import _library as c
from .answer import Answer
from .errors import BadHandleError, BusyError, CancelledError, InvalidError, MistiqueError
from .intermediate import Intermediate
from .progress import Bar
from .ragged import ROWS_FRAME
from .rows import Rows

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Capture"]


class Capture:
    """Rows with what layers emitted for them, as they come; a model of the store once the ``with`` block ends without an exception.

    Values are copied when they are added. Memory stays under `memory` bytes of values, whatever the number of batches; adding waits when
    they are reached. After an exception, or a kill, the store is as it was before.

    Parameters
    ----------
    store : Store
    project, name : str
    policy : str
        As in :meth:`Store.capture`.
    note : mapping, optional
        What is kept with the model; must be JSON.
    memory : int
        Bytes of values that may wait to be stored: 256 MB unless said otherwise. One batch may always be held.
    resume : bool
        Commits what there is every `checkpoint` bytes of values, and goes on from what an earlier capture of that name, which was killed, has committed:
        `rows` passes over rows that are there, and `has` says which these are. Finishing reads and writes all values once more.
    checkpoint : int
        1 GB unless said otherwise.
    progress : bool
        Whether to show a progress bar, where tqdm is installed.

    Examples
    --------
    ::

        with store.capture(None, "mine") as capture:
            for batch, ids in batches:
                with capture.rows(ids):
                    capture.add("hidden", hidden(batch))
    """

    def __init__(
        self, store: "Store", project: str, name: str, *, policy: str = "dedup", note: Optional[Mapping[str, Any]] = None, memory: int = 0,
        resume: bool = False, checkpoint: int = 0, progress: bool = False,
    ) -> None:
        self._store = store
        self.project, self.name = project, name
        self._handle = 0
        self._process = os.getpid()
        #: What the capture stored, once it has: intermediates, rows, logicalBytes, storedBytes and others.
        self.report: Optional[Dict[str, Any]] = None
        self._resume = resume
        self._flag = c_int32(0)
        self._bar = Bar("rows", progress)
        self._finishing: Optional[Bar] = None
        self._rows: Optional[Rows] = None
        #: Rows of this process, in a capture that resumes: those of before are passed over, these may not come again.
        self._mine: Set[int] = set()
        note_text = json.dumps({**self._about(), **(note or {})}, sort_keys=True)
        self._progress = c.ProgressFunction(_reporter(weakref.ref(self)))
        options = c.CaptureOptions(
            project=c.text(project, "project"), model=c.text(name, "model"), policy=c.text(policy, "policy"), note=c.text(note_text, "note"),
            memory_bytes=int(memory), checkpoint_bytes=int(checkpoint), resumes=int(resume),
            callbacks=c.Callbacks(stop_flag=pointer(self._flag), progress=self._progress))
        handle = c_uint64()
        # Held while the library may look at them.
        self._options = options
        c.call("capture_begin", store.handle, byref(options), byref(handle))
        self._handle = handle.value
        described = c.call_json("capture_describe", self._handle)
        try:
            self._require_same(json.loads(described.get("note") or "{}"), json.loads(note_text))
        except BaseException:
            self.abandon()
            raise
        self._tokens = max([layer["rows"] for layer in described["layers"] if layer["hasOwnRows"]], default=0)

    def _about(self) -> Dict[str, Any]:
        return {}

    def _require_same(self, earlier: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """That the capture which is resumed was of this model, as far as both say."""
        for key, what in (("framework", "framework"), ("model", "class"), ("weights", "weights"), ("batch_dim", "batch_dim")):
            if key in earlier and key in now and earlier[key] != now[key]:
                raise InvalidError(
                    f"the capture that is resumed was of another {what}: {earlier[key]}, and this is {now[key]}", self.name,
                    "Resume it with the model that it was begun with, or delete it and begin anew.")

    # ---- The session ----

    def __enter__(self) -> "Capture":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not None:
            self.abandon()
        elif self._handle:
            try:
                self.finish()
            finally:
                # Busy: nobody is left who could finish it later.
                self.abandon()

    def finish(self) -> Dict[str, Any]:
        """Commits the model. The capture has ended, whatever comes of it, unless another thread is in a call of it.

        Raises
        ------
        BusyError
            When another thread is in a call of this capture, which then goes on: finish it once that has returned, or abandon it.

        Returns
        -------
        dict
            The `report`.
        """
        handle = self._open
        if self._rows is not None:
            # The library would refuse it too, but then the reason would be less plain.
            self.abandon()
            raise InvalidError("a block of rows is still open", self.name, "Finish after the block `with capture.rows(ids)`.")
        try:
            with Bar("layers", self._resume and self._bar._bar is not None) as self._finishing:
                self._flag.value = 0
                self.report = c.interruptible(self._flag, lambda: c.call_json("capture_finish", handle))
        except BusyError:
            raise
        except BaseException:
            self.abandon()
            raise
        finally:
            self._finishing = None
        self._ended()
        return self.report

    def abandon(self) -> None:
        """Stores nothing more. What a capture that resumes has committed stays for the next one. Abandoning twice does nothing."""
        if self._handle:
            if self._process == os.getpid():
                try:
                    c.call("capture_abandon", self._handle)
                except BadHandleError:
                    pass  # finishing failed, and has ended it
            self._ended()

    def _ended(self) -> None:
        """The library has ended it, one way or another."""
        self._handle = 0
        self._bar.close()

    @property
    def _open(self) -> int:
        if not self._handle:
            raise InvalidError("the capture has ended", self.name, "Begin another one.")
        return self._handle

    def __del__(self) -> None:
        if getattr(self, "_handle", 0):
            try:
                self.abandon()
            except MistiqueError:
                pass  # nobody is there to be told

    # ---- Rows ----

    def has(self, ids: Any) -> np.ndarray:
        """Which of these rows were captured, in this process or before it.

        Returns
        -------
        ndarray of bool

        Examples
        --------
        A capture that resumes saves the forward pass too::

            if capture.has(ids).all():
                continue
        """
        wanted = c.ids_of(ids)
        present = np.zeros(max(1, wanted.size), np.uint8)
        c.call("capture_has", self._open, c.pointer(wanted), wanted.size, present.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8)))
        return present[:wanted.size].astype(bool)

    def rows(self, ids: Any, mask: Any = None, lengths: Any = None) -> "Rows":
        """A block in which layers emit what they have for these rows. All of it is stored, or, after an exception, none.

        Parameters
        ----------
        ids : array of int
            One per row of the batch. An id that was there before is refused.
        mask : array of shape (rows, T), optional
            For sequences: true where there is a token. Layers of shape (rows, T, D) then store their tokens only, and others are stored whole. A mask
            of whose width no layer is, while one of three dimensions has another, is refused.
        lengths : array of int, optional
            The same for sequences that are padded on the right: how many tokens each row has. All layers of three dimensions are then
            sequences of one T; with others among them give a mask, which says what T is.
        """
        return Rows(self, ids, mask, lengths)

    # ---- Values ----

    def add(self, layer: str, values: Any) -> None:
        """Stores what a layer emitted for the rows of the block that is open.

        Parameters
        ----------
        layer : str
        values : array or tensor
            Of shape (rows, ...). float32, float16, bfloat16, booleans and integers of up to 16 bits are kept bit for bit in memory that is bounded;
            float64 and wider integers too, as columns of a frame that is held in memory until the end. With a mask or lengths, those of shape
            (rows, T, D) are sequences: with a mask those of its T, with lengths all, which must then have one T. Sequences of float64 and of wider
            integers are refused.

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
            columns = [_frames.Column(name, column) for name, column in _arrays.wide_columns(array, layer)]
            _frames.Batch(columns).append(self._open, layer, None)
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
        borrowed = _arrays.Borrowed(array, layer)
        name, own = c.text(layer, "layer"), None if ids is None else c.pointer(ids)
        # In slices: between two of them Python can take a Ctrl-C. A call that is cancelled has taken nothing.
        self._flag.value = 1
        try:
            while True:
                try:
                    return c.call("capture_append", self._open, name, byref(borrowed.struct), own)
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
        batch = _frames.Batch(own)
        if batch.rows != len(rows.ids):
            raise InvalidError(f"it has {batch.rows} rows, and there are {len(rows.ids)} row ids", name, "Give one id per row.")
        if rows.picked is not None:
            raise InvalidError(
                "some of these rows were captured before", name, "Give tables in the same blocks as before, or leave known rows out (has).")
        batch.append(self._open, name, None)

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
        c.call("capture_append_frame", self._open, c.text(name, "name"), byref(schema), byref(array), None)

    def _block(self, layer: str) -> "Rows":
        self._open
        if self._rows is None:
            raise InvalidError(
                "nobody said which rows these are", layer, "Run the model in a block: with capture.rows(ids): model(batch).")
        return self._rows

    # ---- For kinds of captures that watch a model ----

    def _begin_rows(self, rows: "Rows") -> None:
        """A block begins."""

    def _end_rows(self, rows: "Rows") -> None:
        """A block ends without an exception."""

    def _add_places(self, rows: "Rows") -> None:
        """Says where the tokens of each row are."""
        picked = slice(None) if rows.picked is None else rows.picked
        lengths, offsets = rows._lengths[picked], rows._offsets[picked]
        starts = self._tokens + np.cumsum(lengths) - lengths
        widths = np.full(len(lengths), rows.width, np.int64)
        places = {"start": starts, "length": lengths, "offset": offsets, "width": widths}
        columns = [_frames.Column(name, values) for name, values in places.items()]
        _frames.Batch(columns).append(self._open, ROWS_FRAME, None)

    def __repr__(self) -> str:
        if not self._handle:
            return f"<Capture of {self.project}.{self.name}, ended>"
        found = c.call_json("capture_describe", self._handle)
        return f"<Capture of {self.project}.{self.name}: {found['rows']} rows of {len(found['layers'])} layers so far>"


def _reporter(capture: "weakref.ref[Capture]") -> Callable[[Any, int, int], None]:
    """Shows how far finishing is. Knows the capture weakly: one that nobody holds any more is to end."""

    def report(_context: Any, done: int, total: int) -> None:
        owner = capture()
        if owner is not None and owner._finishing is not None:
            owner._finishing.at(done, total)

    return report


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

"""Captures: arrays and tables, batch by batch, into one model of a store."""

from __future__ import annotations

import ctypes
import json
import os
import weakref
from ctypes import c_int32, pointer
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Set

import numpy as np

from . import _library as c
from ._adding import Adding
from ._hidden import HIDDEN, WIDE_FRAME
from ._note import merged, require_same
from ._policy import keeping_frames
from ._session import Session
from ._wide import WideLayers
from .progress import Bar, reporter
from .rows import Rows

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Capture"]


class Capture(Session, Adding):
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
        What is kept with the model; must be JSON. What a re-run is compared by has reserved names, such as ``weights`` and ``batch_dim``.
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
        self.report = None
        self._resume, self._policy = resume, policy
        self._flag = c_int32(0)
        self._bar = Bar("rows", progress)
        self._finishing = None
        self._rows = None
        #: Rows of this process, in a capture that resumes: those of before are passed over, these may not come again.
        self._mine: Set[int] = set()
        self._note = merged(self._about(), note or {}, name)
        self._progress = c.ProgressFunction(reporter(weakref.ref(self)))
        self._options = c.CaptureOptions(
            project=c.text(project, "project"), model=c.text(name, "model"), policy=c.text(policy, "policy"),
            memory_bytes=int(memory), checkpoint_bytes=int(checkpoint), resumes=int(resume),
            callbacks=c.Callbacks(stop_flag=pointer(self._flag), progress=self._progress))
        #: What the capture that is resumed noted; empty where there is none.
        self._earlier: Dict[str, Any] = {}
        with keeping_frames(policy, name):
            self._begin()
        described = c.call_json("capture_describe", self._handle)
        try:
            self._earlier = self._readable(json.loads(described.get("note") or "{}"))
            require_same(self._earlier, self._compared(json.loads(self._options.note)), name)
        except BaseException:
            self.abandon()
            raise
        own = {layer["name"]: layer["rows"] for layer in described["layers"] if layer["hasOwnRows"]}
        self._tokens = max([count for layer, count in own.items() if layer not in HIDDEN], default=0)
        self._wide = WideLayers()
        self._next_wide = own.get(WIDE_FRAME) if described["layers"] else 0
        #: The layers of the capture that is resumed: a block has the same.
        self._earlier_layers = [layer["name"] for layer in described["layers"]]

    def _about(self) -> Dict[str, Any]:
        """What the capture notes of itself."""
        return {}

    def _readable(self, note: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of the note of a capture that is resumed this version can compare."""
        return note

    def _compared(self, note: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of a note can be compared as soon as the capture is begun."""
        return note

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

    # ---- For kinds of captures that watch a model ----

    def _begin_rows(self, rows: "Rows") -> None:
        """A block begins."""

    def _end_rows(self, rows: "Rows") -> None:
        """A block ends without an exception."""

    def _kept_rows(self, rows: "Rows") -> None:
        """A block has ended, and all of it will be stored."""

    def __repr__(self) -> str:
        if not self._handle:
            return f"<Capture of {self.project}.{self.name}, ended>"
        found = c.call_json("capture_describe", self._handle)
        layers = sum(layer["name"] not in HIDDEN for layer in found["layers"])
        return f"<Capture of {self.project}.{self.name}: {found['rows']} rows of {layers} layers so far>"

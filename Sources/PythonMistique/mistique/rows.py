"""Blocks of rows: what layers emit for a batch is stored as a whole, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

import numpy as np

from . import _arrays
from . import _library as c
from ._held import Held
from ._wide import Wide
from .errors import InvalidError

if TYPE_CHECKING:
    from .capture import Capture

__all__ = ["Rows"]


class Rows:
    """A block of rows: :meth:`Capture.rows`."""

    def __init__(self, capture: "Capture", ids: Any, mask: Any, lengths: Any) -> None:
        self._capture = capture
        #: The ids of all rows of the block.
        self.ids = c.ids_of(ids, ordered=True)
        self._mask: Optional[np.ndarray] = None
        self._lengths: Optional[np.ndarray] = None
        #: The T of the sequences, padding included; None as long as no layer has shown it.
        self._width: Optional[int] = None
        #: A layer of three dimensions that is no sequence by the mask, and its width.
        self._other: Optional[Tuple[str, int]] = None
        #: Of a capture that resumes: which rows are new; None when all are.
        self.picked: Optional[np.ndarray] = None
        #: Whether all of them were captured before, so that there is nothing to do.
        self.is_known = False
        #: The ids of those that are.
        self.new = self.ids
        #: Whether the model was in another state than in the first block.
        self.is_changed = False
        #: Its layers that are stored as columns.
        self.wide: Dict[str, Wide] = {}
        #: What it was given before the note of its capture is final; None once that is.
        self.held: Optional[Held] = None
        #: Whether the library has kept it.
        self._is_kept = False
        #: Why not all of that was stored, if it was not.
        self._failure: Optional[BaseException] = None
        self._token_ids: Optional[np.ndarray] = None
        if mask is not None and lengths is not None:
            raise InvalidError("both a mask and lengths are given", "rows", "Give one of them.")
        if lengths is not None:
            self._lengths = c.ids_of(lengths, "lengths", ordered=True)
            self._offsets = np.zeros(len(self._lengths), np.int64)
        elif mask is not None:
            self._mask, self._offsets, self._lengths = _arrays.lengths_of(mask)
            self._width = self._mask.shape[1]
        if self._lengths is not None and len(self._lengths) != len(self.ids):
            raise InvalidError(
                f"there are lengths of {len(self._lengths)} rows for {len(self.ids)} ids", "mask or lengths", "Give one row per id.")

    @property
    def width(self) -> int:
        """The T of the sequences, padding included."""
        return self._width or 0

    def mask_for(self, layer: str, shape: Any) -> Optional[np.ndarray]:
        """Where the tokens are in a layer of this shape; None for a layer that is no sequence.

        A mask says how long the padded sequences are: layers of another width are none. Lengths do not, so that the first layer of three
        dimensions does, and the others must be as wide.

        Raises
        ------
        InvalidError
            With lengths, for a layer of another width, or one that is too short for them.
        """
        if self._lengths is None or len(shape) != 3:
            return None
        width = int(shape[1])
        if self._mask is not None:
            if width == self._width:
                return self._mask
            self._other = (layer, width)
            return None
        longest = int(self._lengths.max()) if self._lengths.size else 0
        if longest > width or self._width not in (None, width):
            other = f"a row of {longest} tokens" if longest > width else f"layers before it of {self._width}"
            raise InvalidError(
                f"its shape is {tuple(shape)}, and there is {other}: lengths do not say whether it is padded sequences", layer,
                "Give rows(ids, mask=...) of shape (rows, T): layers of another width than T are then stored whole.")
        self._width = width
        return _arrays.mask_of_lengths(self._lengths, width)

    def token_ids(self, first: int) -> np.ndarray:
        """The ids of the block's tokens, the same for every layer: one after the other from `first` on."""
        if self._token_ids is None:
            lengths = self._lengths if self.picked is None else self._lengths[self.picked]
            self._token_ids = np.arange(first, first + int(lengths.sum()), dtype=np.int64)
        return self._token_ids

    def __enter__(self) -> "Rows":
        capture = self._capture
        if capture._rows is not None:
            raise InvalidError("another block of rows is open", capture.name, "Open one block after the other.")
        new = self.ids
        if capture._resume:
            present = capture.has(self.ids)
            again = [int(one) for one in self.ids[present] if int(one) in capture._mine]
            if again:
                raise InvalidError(f"row_id {again[0]} comes twice", capture.name, "Give each row an id of its own.")
            if present.any():
                self.picked = ~present
                new = self.ids[~present]
        self.is_known = self.picked is not None and not self.picked.any()
        if not self.is_known:
            c.call("capture_rows", capture._open, c.pointer(new), new.size)
        capture._rows = self
        self.new = new
        capture._begin_rows(self)
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        capture = self._capture
        capture._rows = None
        if self.is_known or not capture._handle:
            return
        if kind is not None:
            self._drop_held()
            c.call("capture_drop", capture._handle)
            return
        try:
            self._require_sent()
            capture._end_rows(self)
            if self._other is not None and self._token_ids is None:
                raise InvalidError(
                    f"the mask is of sequences of {self._width}, and no layer is: this one is {self._other[1]} wide", self._other[0],
                    "Give a mask with the width of the layers, or none.")
            if self._token_ids is not None:
                capture._add_places(self)
            capture._add_wide(self)
            capture._flag.value = 0
            # In another thread, which no Ctrl-C reaches: what the library has kept is known as kept. With resume it may commit, which takes a while.
            c.interruptible(capture._flag, self._keep)
        except BaseException:
            if not self._is_kept:
                self._drop_held()
                if capture._handle:
                    c.call("capture_drop", capture._handle)
            raise

    def _keep(self) -> None:
        """Keeps the block, and what the capture knows of it."""
        capture = self._capture
        c.call("capture_keep", capture._open)
        self._is_kept = True
        if capture._resume:
            capture._mine.update(self.new.tolist())
        capture._tokens += 0 if self._token_ids is None else self._token_ids.size
        capture._keep_wide(self)
        capture._kept_rows(self)
        capture._bar.add(self.new.size)

    def send_held(self) -> None:
        """Hands what was held to the library, which takes the rest of the block as it comes."""
        if self.held is not None:
            held, self.held = self.held, None
            try:
                held.send(self._capture._open)
            except BaseException as failure:
                self._failure = failure
                held.drop()
                raise

    def _require_sent(self) -> None:
        """That all of what was held was stored, whoever caught what was raised then."""
        if self._failure is not None:
            raise InvalidError(
                f"not all of what the block was given before the model ran could be stored ({self._failure})", self._capture.name,
                "Begin the block again without what cannot be stored; an exception in a block drops all of its rows.") from self._failure

    def _drop_held(self) -> None:
        if self.held is not None:
            self.held.drop()
            self.held = None

"""The session of a capture: begun, finished or abandoned, once, whatever comes in between."""

from __future__ import annotations

import os
import warnings
from ctypes import byref, c_int32, c_uint64
from typing import TYPE_CHECKING, Any, Dict, Optional, TypeVar

from . import _library as c
from ._note import encoded
from .errors import BadHandleError, BusyError, InvalidError, MistiqueError
from .progress import Bar

if TYPE_CHECKING:
    from .rows import Rows
    from .store import Store

__all__ = ["Session"]

Self = TypeVar("Self", bound="Session")


class Session:
    """How a capture begins and ends. `Capture` is one."""

    name: str
    #: What the capture stored, once it has: intermediates, rows, logicalBytes, storedBytes and others.
    report: Optional[Dict[str, Any]]
    _store: "Store"
    #: The library's number; 0 before it has begun, and once it has ended.
    _handle: int
    #: The one that it belongs to: a child of `fork` has nothing to end.
    _process: int
    _resume: bool
    #: Stops the call that is under way.
    _flag: c_int32
    _bar: Bar
    _finishing: Optional[Bar]
    #: The block that is open.
    _rows: "Optional[Rows]"
    _note: Dict[str, Any]
    _options: c.CaptureOptions

    def _begin(self) -> None:
        """Begins it in the library, with the note as it is now."""
        # Held while the library may look at it.
        self._options.note = encoded(self._note)
        handle = c_uint64()

        def begin() -> None:
            c.call("capture_begin", self._store.handle, byref(self._options), byref(handle))
            self._handle = handle.value

        self._flag.value = 0
        try:
            # What is resumed is read, and what an earlier capture has left is deleted.
            c.interruptible(self._flag, begin)
        except BaseException:
            self.abandon()
            raise

    def _begin_again(self, rows: "Optional[Rows]" = None) -> None:
        """Begins anew if the note is another by now, in the first block, before the library was given anything."""
        if self._options.note == encoded(self._note):
            return
        c.call("capture_abandon", self._handle)
        self._handle = 0
        try:
            self._begin()
        except MistiqueError:
            self._ended()
            raise
        if rows is not None:
            c.call("capture_rows", self._handle, c.pointer(rows.new), rows.new.size)

    def __enter__(self: "Self") -> "Self":
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
        report = self._commit()
        self._warn_of_damage(report)
        return report

    def _commit(self) -> Dict[str, Any]:
        """What `finish` does before it warns: where warnings are errors, everything else is done by then."""
        handle = self._open
        if self._rows is not None:
            # The library would refuse it too, but then the reason would be less plain.
            self.abandon()
            raise InvalidError("a block of rows is still open", self.name, "Finish after the block `with capture.rows(ids)`.")
        try:
            with Bar("layers", self._resume and self._bar._bar is not None) as self._finishing:
                self._flag.value = 0
                report: Dict[str, Any] = c.interruptible(self._flag, lambda: c.call_json("capture_finish", handle))
        except BusyError:
            raise
        except BaseException:
            self.abandon()
            raise
        finally:
            self._finishing = None
        self.report = report
        self._ended()
        return report

    def _warn_of_damage(self, report: Dict[str, Any]) -> None:
        """Warns of damage elsewhere in the store: this model is complete."""
        for text in report.get("warnings", []):
            warnings.warn(text, RuntimeWarning, stacklevel=3)

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

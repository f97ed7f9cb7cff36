"""A progress bar, where tqdm is installed and somebody wants one."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from .capture import Capture

__all__ = ["Bar", "reporter"]


class Bar:
    """A bar of tqdm's, or nothing.

    Parameters
    ----------
    unit : str
        What is counted.
    wanted : bool
    """

    def __init__(self, unit: str, wanted: bool, total: Optional[int] = None) -> None:
        self._bar: Any = None
        if wanted:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                return
            self._bar = tqdm(unit=" " + unit, total=total)

    def at(self, done: int, total: int) -> None:
        """Sets how much of how much is done. Any thread may call."""
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def add(self, count: int) -> None:
        """Counts on."""
        if self._bar is not None:
            self._bar.update(count)

    def close(self) -> None:
        """Ends it."""
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def reporter(capture: "weakref.ref[Capture]") -> Callable[[Any, int, int], None]:
    """Shows how far finishing is. Knows the capture weakly: one that nobody holds any more is to end."""

    def report(_context: Any, done: int, total: int) -> None:
        owner = capture()
        if owner is not None and owner._finishing is not None:
            owner._finishing.at(done, total)

    return report

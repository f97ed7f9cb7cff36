"""A Ctrl-C that comes while the library is about to call a function of Python's: it is raised in that function, or after the call."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import Any, Iterator

from ._interruptible import is_interrupted_here
from ._rerunning import rerunning

__all__ = ["holding", "released"]


class _Held:
    """Keeps a Ctrl-C instead of raising it.

    Python raises one as soon as it runs a function, before the first line of it. In a function that a library calls nobody could catch it there: it would be
    printed and forgotten, and the library told nothing.
    """

    def __init__(self) -> None:
        self._before: Any = None
        self._came = False

    def hold(self) -> None:
        """From here on a Ctrl-C is kept, where Python would raise one."""
        if not is_interrupted_here() or not callable(signal.getsignal(signal.SIGINT)):
            return
        try:
            self._before = signal.signal(signal.SIGINT, self._keep)
        except ValueError:
            pass  # of another interpreter than the first, which handles no signals

    def _keep(self, _number: int, _frame: Any) -> None:
        self._came = True

    def release(self) -> None:
        """From here on a Ctrl-C is raised, and now the one that was kept."""
        before, self._before = self._before, None
        if before is None:
            return
        signal.signal(signal.SIGINT, before)
        if self._came:
            self._came = False
            before(signal.SIGINT, None)


@contextmanager
def holding() -> Iterator[None]:
    """Around a call of the library that may call back: a Ctrl-C is kept meanwhile, and raised when it has returned."""
    held, outer = _Held(), rerunning.held
    rerunning.held = held
    try:
        held.hold()
        yield
    finally:
        rerunning.held = outer
        held.release()


@contextmanager
def released() -> Iterator[None]:
    """Around what the library has called back for: a Ctrl-C is raised in it."""
    held = rerunning.held
    if held is None:
        yield
        return
    try:
        held.release()
        yield
    finally:
        held.hold()

"""Calls that take long, made so that a Ctrl-C stops them."""

from __future__ import annotations

import _thread
import threading
from ctypes import c_int32
from typing import Any, Callable, List, Optional, Tuple

from ._rerunning import rerunning

__all__ = ["interruptible", "is_interrupted_here"]


def is_interrupted_here() -> bool:
    """Whether a Ctrl-C is raised in this thread: Python raises it in the main one."""
    return threading.current_thread() is threading.main_thread()


def interruptible(flag: c_int32, work: Callable[[], Any]) -> Any:
    """Runs `work` in another thread, so that this one can take a Ctrl-C, which raises `flag`, waits for `work` to end, and is raised then.

    Parameters
    ----------
    flag : c_int32
        The ``stop_flag`` of the call that `work` makes.
    work : callable
        What it gives must own whatever it holds of the library: it is dropped when a Ctrl-C came too late to stop the call.
    """
    if rerunning.call is not None:
        return work()  # the library refuses what a question would wait for, and knows it by this thread
    running = _Running(flag, work)
    running.wait()
    # What was committed before it could stop is committed: then there is a value, and the interruption comes after it.
    if running.interruption is not None:
        raise running.interruption
    value, failure = running.outcome[0]
    if failure is not None:
        raise failure
    return value


class _Running:
    """Work in a thread of its own, and the wait for it.

    Nothing here waits for a `threading.Thread` or an `Event`: an exception in ``Thread.join`` makes the thread look as if it had ended (bpo-46726), and one
    within an event may leave its lock taken. That the work has ended is told by `outcome` alone.
    """

    def __init__(self, flag: c_int32, work: Callable[[], Any]) -> None:
        self._flag, self._work = flag, work
        #: What the work gave, or what it raised; empty as long as it runs.
        self.outcome: List[Tuple[Any, Optional[BaseException]]] = []
        self.interruption: Optional[BaseException] = None
        self._claim, self._ended = _thread.allocate_lock(), _thread.allocate_lock()
        self._ended.acquire()
        self._is_started = False

    def wait(self) -> None:
        """Starts the work and waits for its end, through any number of interruptions."""
        try:
            while not self.outcome:
                if self.interruption is not None:
                    self._stop()
                elif not self._is_started:
                    # An interruption between the two starts it twice, and one of them finds that it is done already.
                    _thread.start_new_thread(self._run, ())
                    self._is_started = True
                # Not for ever: what was acquired when an interruption came is not acquired again.
                self._ended.acquire(timeout=0.05)
        except BaseException as caught:  # whatever a handler of signals raises: what runs is waited for
            self.interruption = caught
            self.wait()

    def _stop(self) -> None:
        self._flag.value = 1
        if self._claim.acquire(False):
            # Nobody has begun it, and now nobody will.
            self.outcome.append((None, None))

    def _run(self) -> None:
        if not self._claim.acquire(False):
            return
        try:
            found: Tuple[Any, Optional[BaseException]] = (self._work(), None)
        except BaseException as failure:  # handed to the thread that waits
            found = (None, failure)
        self.outcome.append(found)
        self._ended.release()

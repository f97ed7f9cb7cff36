"""Which re-run of a model a thread is in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, List, Optional

if TYPE_CHECKING:
    from ._holding import _Held

__all__ = ["rerunning"]


class _Rerunning(threading.local):
    """Of each thread.

    Attributes
    ----------
    call : object or None
        The re-run whose function runs here; the innermost one. The hooks of a module are called whoever calls it: they tell by this whose rows they see.
    failures : list of lists of BaseException
        Of each question that is being asked here, the innermost last: what functions raised in it.
    held : object or None
        What keeps a Ctrl-C while the innermost question is in the library.
    """

    call: Optional[object] = None
    held: Optional["_Held"] = None

    def __init__(self) -> None:
        self.failures: List[List[BaseException]] = []


rerunning = _Rerunning()

"""Values that wait for the library: what a block was given before the note of its capture is final."""

from __future__ import annotations

from typing import Callable, List, Optional, Tuple

__all__ = ["Held"]

Send = Callable[[int], None]


class Held:
    """Values in the order in which they came.

    The library takes the note of a capture when the capture begins. The first block may change the note, and then the capture begins anew. What the
    block was given until then waits here, so that it is sent once, to the capture that goes on.
    """

    def __init__(self) -> None:
        self._waiting: List[Tuple[Send, Optional[Callable[[], None]]]] = []

    def add(self, send: Send, drop: Optional[Callable[[], None]] = None) -> None:
        """Takes values.

        Parameters
        ----------
        send : callable
            Gives them to the capture with this number of the library.
        drop : callable, optional
            Frees them when they are not sent.
        """
        self._waiting.append((send, drop))

    def send(self, capture: int) -> None:
        """Sends all of them. What comes after one that fails is dropped with the block."""
        while self._waiting:
            self._waiting.pop(0)[0](capture)

    def drop(self) -> None:
        """Frees what was not sent."""
        while self._waiting:
            free = self._waiting.pop()[1]
            if free is not None:
                free()

    def __del__(self) -> None:
        self.drop()

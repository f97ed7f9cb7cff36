"""What the text of a policy says."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator

from ._hidden import HIDDEN
from .errors import InvalidError

__all__ = ["keeping_frames", "leaves_values"]


def leaves_values(policy: str) -> bool:
    """Whether a policy stores nothing while a model is captured, so that its values come from re-runs."""
    # Its parts come in any order: pool(2) + none.
    return any(word.strip().lower().startswith(("none", "adaptive", "budget")) for word in policy.split("+"))


@contextmanager
def keeping_frames(policy: str, name: str) -> Iterator[None]:
    """Begins a capture, and says what to do where the one that it resumes has kept frames that this policy has no place for.

    Parameters
    ----------
    policy : str
    name : str
        What the capture is called.

    Raises
    ------
    InvalidError
        For a policy that leaves values to re-runs, which give no frames.
    """
    try:
        yield
    except InvalidError as error:
        # The library names the frame, which nobody else knows of.
        if error.place not in HIDDEN or not leaves_values(policy):
            raise
        raise InvalidError(
            f"the capture that is resumed was begun under a policy that stores values, and {policy} leaves them to re-runs", name,
            "Resume it under the policy that it was begun with, or delete it and begin anew.") from None

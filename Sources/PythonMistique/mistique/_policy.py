"""What the text of a policy says."""

from __future__ import annotations

from typing import Iterable

from ._hidden import HIDDEN
from .errors import InvalidError

__all__ = ["leaves_values", "require_frames"]


def leaves_values(policy: str) -> bool:
    """Whether a policy stores nothing while a model is captured, so that its values come from re-runs."""
    # Its parts come in any order: pool(2) + none.
    return any(word.strip().lower().startswith(("none", "adaptive", "budget")) for word in policy.split("+"))


def require_frames(policy: str, earlier: Iterable[str], name: str) -> None:
    """That a capture may go on under this policy with the frames that the one it resumes has kept.

    Parameters
    ----------
    policy : str
    earlier : iterable of str
        The layers of the capture that is resumed.
    name : str
        What it is called.

    Raises
    ------
    InvalidError
        For a policy that leaves values to re-runs, which give no frames.
    """
    if leaves_values(policy) and not HIDDEN.isdisjoint(earlier):
        raise InvalidError(
            f"the capture that is resumed was begun under a policy that stores values, and {policy} leaves them to re-runs", name,
            "Resume it under the policy that it was begun with, or delete it and begin anew.")

"""What a capture notes of itself with a model, which resumptions and re-runs are compared by."""

from __future__ import annotations

import json
from typing import Any, Dict, FrozenSet, Mapping

from . import _library as c
from .errors import InvalidError

__all__ = ["RESERVED", "encoded", "merged", "require_same"]

#: What a note of a caller's may not be called in any capture. Those that watch a model note more.
RESERVED: FrozenSet[str] = frozenset({"autocast", "batch_dim", "first_keys", "grad", "modules", "training", "weights"})

#: What a resumption must have in common with the capture that it goes on from, and what that is called.
_COMPARED = {
    "framework": "framework", "model": "class", "weights": "weights", "modules": "architecture", "batch_dim": "batch_dim",
    "training": "choice of modules in train mode",
    "grad": "mode of gradients", "autocast": "autocast"}


def merged(own: Mapping[str, Any], given: Mapping[str, Any], name: str) -> Dict[str, Any]:
    """What a capture notes itself, and what its caller gave.

    Raises
    ------
    InvalidError
        For what the caller calls as the capture does.
    """
    reserved = RESERVED | set(own)
    taken = sorted(reserved & set(given))
    if taken:
        raise InvalidError(
            f"its note has {taken[0]!r}, which says what re-runs and resumptions are compared by", name,
            f"Call it something else than {', '.join(sorted(reserved))}.")
    return {**own, **given}


def encoded(note: Mapping[str, Any]) -> bytes:
    """A note as the library takes it."""
    return c.text(json.dumps(note, sort_keys=True), "note")


def require_same(earlier: Mapping[str, Any], now: Mapping[str, Any], name: str) -> None:
    """That a capture which is resumed was of this model, as far as both say.

    Raises
    ------
    InvalidError
        When it was of another.
    """
    for key, what in _COMPARED.items():
        if key in earlier and key in now and earlier[key] != now[key]:
            raise InvalidError(
                f"the capture that is resumed was of another {what}: {earlier[key]}, and this is {now[key]}", name,
                "Resume it with the model that it was begun with, in the state it had, or delete it and begin anew.")

"""What tables of models and intermediates say of their values: how near they are, and how a question gets them."""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

__all__ = ["bound_by_policy", "bound_of", "plan_of", "plan_of_all"]

_BOUND = re.compile(r"(BOUND_QT|LADDER)\(([^()]*)\)")
_UNBOUNDED = re.compile(r"(KBIT_QT|THRESHOLD_QT|LP_QT)\(")


def bound_of(kept: Optional[Mapping[str, Any]]) -> str:
    """How near the stored values of an intermediate are to what was emitted.

    Parameters
    ----------
    kept : mapping, optional
        What the library says of how it keeps them; None where it says nothing.
    """
    if kept is None:
        return ""
    bound = kept.get("bound")
    if kept["isExact"]:
        return "exact" if bound is None else f"exact, base {bound}"
    return "not known" if bound is None else bound


def bound_by_policy(policy: str) -> str:
    """How near values are that a policy stores, by its text as a store has it: what was given back since is not in it."""
    found = _BOUND.search(policy)
    if found is None:
        return "not known" if _UNBOUNDED.search(policy) else "exact"
    bound = found[2].replace(" rms", "rms")
    return bound if found[1] == "BOUND_QT" else f"exact, base {bound}"


def plan_of(is_stored: bool, can_rerun: bool) -> str:
    """How a question about all of an intermediate is answered. Which of two ways is the faster one is weighed when it is asked."""
    if is_stored:
        return "read or re-run" if can_rerun else "read"
    return "re-run" if can_rerun else "none"


def plan_of_all(stored: int, count: int, can_rerun: bool) -> str:
    """The same of a model, `stored` of whose `count` intermediates are stored."""
    if stored in (0, count):
        return plan_of(stored == count, can_rerun)
    return f"read {stored} of {count}" + (", or re-run" if can_rerun else "")

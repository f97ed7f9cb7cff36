"""What the text of a policy says."""

from __future__ import annotations

__all__ = ["leaves_values"]


def leaves_values(policy: str) -> bool:
    """Whether a policy stores nothing while a model is captured, so that its values come from re-runs."""
    return policy.strip().lower().startswith(("none", "adaptive", "budget"))

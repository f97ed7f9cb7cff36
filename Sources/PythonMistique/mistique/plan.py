"""What questions give beside values: plans, and rows with the largest values."""

from __future__ import annotations

from typing import NamedTuple, Optional

import numpy as np

__all__ = ["Plan", "TopK"]


class TopK(NamedTuple):
    """Rows with the largest or smallest values of a column, the best first."""

    ids: np.ndarray
    values: np.ndarray


class Plan(NamedTuple):
    """How a question would be answered."""

    #: ``read`` or ``rerun``.
    choice: str
    #: None where nothing was measured yet.
    predicted_seconds: Optional[float]
    is_exact: bool
    frames: int
    stages: int
    #: The largest error of a value of the answer: 0 for an exact one; None where nobody knows it beforehand.
    error_bound: Optional[float] = None

    @property
    def accuracy(self) -> str:
        """How near the values are, in words."""
        if self.is_exact:
            return "exact"
        return "quantized: bounds() says how near" if self.error_bound is None else f"within {self.error_bound:.3g} of what was emitted"

"""Questions about an intermediate that are no reading of it: its best rows, how near its values are, and how it would be answered."""

from __future__ import annotations

import operator
from ctypes import byref
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

import numpy as np

from . import _handles
from . import _library as c
from ._reading import unique_of
from .answer import Answer
from .errors import InvalidError, MistiqueError
from .plan import Plan, TopK

if TYPE_CHECKING:
    from .intermediate import Intermediate

__all__ = ["Questions"]


class Questions:
    """What is asked about an intermediate. `Intermediate` is one."""

    def topk(self: "Intermediate", k: int = 10, smallest: bool = False) -> TopK:
        """The rows with the largest values of one column; of a map its largest value counts. NaN is never among them.

        Raises
        ------
        InvalidError
            When it is not one column: choose it by `column`, `unit` or `region`. When a plan or an accuracy was asked for, as by `exact`: the rows are
            found by the values as they are stored.
        """
        if self._options:
            raise InvalidError(
                "top-k is by the values as they are stored, and a plan or an accuracy was asked for", self.key,
                "Ask without exact() and options(), or sort numpy() yourself.")
        if self._column is None and self.column_count != 1:
            raise InvalidError(f"it has {self.column_count} columns", self.key, "Choose one by unit(3) or column(name).")
        if self._ids is not None or self.is_ragged:
            raise InvalidError("top-k is over all rows", self.key, "Ask without rows(); of sequences, sort ragged() yourself.")
        return self.model._store._topk(self, operator.index(k), smallest)

    def bounds(self: "Intermediate") -> Tuple[np.ndarray, np.ndarray]:
        """The interval that each value lies in: lower and upper bounds, equal where values are stored in full.

        Of sequences of different lengths they are those of the tokens, row after row, as `Ragged.values` has them.

        Raises
        ------
        CannotPlanError
            When it is not stored.
        InvalidError
            For a frame.
        """
        ids, store = self._stored_ids(), self.model._store
        unique = unique_of(ids)
        shared = store._reading(self, unique, lambda flag: _handles.bounds(store.handle, self.key, unique, flag))
        lower, upper = (self._of_this_model(Answer(shared, place, ids, self._answer_shape)).numpy() for place in (0, 1))
        return lower, upper

    def plan(self: "Intermediate") -> Plan:
        """How it would be answered, without reading values or running anything; of sequences, where the rows' tokens are is read."""
        told = self._explained(unique_of(self._stored_ids()))
        return Plan(told["plan"], told.get("predictedSeconds"), told["isExact"], told["frames"], told["stages"], told.get("errorBound"))

    # ---- How it is answered ----

    def _explained(self: "Intermediate", ids: Optional[np.ndarray]) -> Dict[str, Any]:
        """What the library says of how it would answer."""
        rows = None if ids is None else c.pointer(ids)
        count = 0 if ids is None else ids.size
        return c.call_json("explain", self.model._store.handle, self._key_list, 1, rows, count, byref(self._ask_options()))[0]

    def _will_be_read(self: "Intermediate", ids: Optional[np.ndarray]) -> bool:
        """Whether a question will be answered by reading, for certain: one with a bound may be re-run when what was read is too far off."""
        try:
            return "bound" not in self._options and self._explained(ids)["plan"] == "read"
        except MistiqueError:
            return False  # who asks is told

    def _bytes(self: "Intermediate", ids: Optional[np.ndarray]) -> int:
        """About what is decoded for rows of it: each may lie in a RowBlock of its own, of a thousand rows unless the store was opened otherwise."""
        rows = max(1, self._listed["rows"])
        # A map, a unit or a column of a frame.
        parts = 1 if self._column is None else max(1, (self._listed.get("shape") or [self.column_count])[0])
        return self._listed["logicalBytes"] // rows // parts * (rows if ids is None else min(rows, 1_000 * ids.size))

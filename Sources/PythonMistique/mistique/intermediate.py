"""What a layer or a stage of a model emitted: rows and columns of it, chosen and read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import _library as c
from . import _tables
from ._hidden import HIDDEN, ROWS_FRAME
from ._parts import Parts
from ._questions import Questions
from ._reading import Reading
from ._summary import bound_of, plan_of
from ._wide import Wide
from .errors import MistiqueError

if TYPE_CHECKING:
    from .model import Model

__all__ = ["Intermediate", "quoted"]


def quoted(part: str) -> str:
    """A part of a key, between backticks where it has a dot, a backtick or nothing in it, or only stars."""
    needs = part == "" or "." in part or "`" in part or part == "*"
    return "`" + part.replace("`", "``") + "`" if needs else part


class Intermediate(Parts, Reading, Questions):
    """What a layer or a stage emitted; perhaps some of its rows, perhaps one of its columns. Nothing is read before it is asked for.

    Examples
    --------
    ::

        maps = store["resnet"]["layer2.0"].rows([17, 4]).numpy()     # (2, 32, 16, 16)
        one = store["resnet"]["layer2.0"].unit(3).numpy()            # (rows, 256): a map
    """

    def __init__(
        self, model: "Model", listed: Dict[str, Any], ids: Optional[np.ndarray] = None, column: Optional[str] = None,
        options: Optional[Dict[str, Any]] = None, column_shape: Optional[Tuple[int, ...]] = None,
    ) -> None:
        self.model = model
        self._listed = listed
        self._ids, self._column = ids, column
        self._options = options or {}
        #: Of a rectangle of a map.
        self._column_shape = column_shape

    # ---- What it is ----

    @property
    def name(self) -> str:
        """Its name in the model."""
        return self._listed["name"]

    @property
    def type(self) -> Optional[str]:
        """The type of its values when they were captured; None for a frame, and for models that were not captured."""
        wide = self._wide
        return self._listed.get("type") if wide is None else wide.type

    @property
    def row_shape(self) -> Optional[Tuple[int, ...]]:
        """The shape of one captured row; None as for `type`."""
        wide, shape = self._wide, self._listed.get("shape")
        if wide is not None:
            return wide.shape
        return None if shape is None or self._listed.get("kind") == "frame" else tuple(shape)

    @property
    def _wide(self) -> Optional[Wide]:
        """What it was, if it is a layer that is stored as columns."""
        return self.model._wide.get(self.name) if self._listed.get("kind") == "frame" and self.name not in HIDDEN else None

    @property
    def is_ragged(self) -> bool:
        """Whether its rows are sequences of different lengths: then `row_shape` is that of one token."""
        return bool(self._listed.get("hasOwnRows")) and ROWS_FRAME in self.model._listed and self.name not in HIDDEN

    @property
    def is_stored(self) -> bool:
        """Whether all of it is in the store; otherwise a question may have to re-run the model."""
        return self._listed["isStored"]

    @property
    def column_count(self) -> int:
        """Columns of a row, as the model emits them."""
        return self._listed["columns"]

    @property
    def columns(self) -> List[str]:
        """The names of its columns: a frame's own, ``n3`` for a unit, ``n3_4_7`` for row 4 and column 7 of a map.

        Of a layer that is pooled they are those of the layer as the model emitted it; what is stored is smaller, as the shape of an answer says.
        """
        if self._listed.get("kind") == "frame" or self.row_shape is None:
            few = self if self._ids is not None else self.rows(self._first())
            return few.get().names or []
        return [_column_name(place, self.row_shape) for place in range(self.column_count)]

    def _first(self) -> np.ndarray:
        return self.ids()[:1]

    @property
    def key(self) -> str:
        """What asks for it: ``project.model.intermediate.column``."""
        return f"{self.model.key}.{quoted(self.name)}.{'*' if self._column is None else quoted(self._column)}"

    @cached_property
    def _key_list(self) -> Any:
        """The key as the library takes it, which only reads it."""
        return c.key_list([self.key])

    def __len__(self) -> int:
        if self._ids is not None:
            return len(self._ids)
        if self.is_ragged:
            return self.model._listed[ROWS_FRAME]["rows"]
        return self._listed["rows"]

    def _with(self, **changed: Any) -> "Intermediate":
        """The same with something else chosen of it."""
        values = {"ids": self._ids, "column": self._column, "options": self._options, "column_shape": self._column_shape, **changed}
        return Intermediate(self.model, self._listed, **values)

    # ---- For people ----

    def _cells(self, kept: Optional[Mapping[str, Any]] = None) -> List[Any]:
        """What the table of its model says of it, which `kept` is asked for once for all."""
        try:
            kind, row = self.type, self.row_shape
        except MistiqueError:
            kind, row = None, None  # what a layer of columns was has to be read, and a representation raises nothing
        shape = f"({self.column_count},)" if row is None else str(row)
        shape = "tokens x " + shape if self.is_ragged else shape
        # Frames, and layers with rows of their own, are never re-run. What is re-run is as the model emits it.
        can_rerun = self.model.can_rerun and self._listed.get("kind") != "frame" and not self._listed.get("hasOwnRows")
        bound = bound_of(kept) if self.is_stored else "exact" if can_rerun else ""
        return [
            self.name, kind or self._listed.get("kind") or "", shape, len(self), _tables.bytes_text(self._listed["logicalBytes"]), bound,
            plan_of(self.is_stored, can_rerun),
        ]

    def _table(self) -> Tuple[str, Sequence[str], List[List[Any]]]:
        cells = self._cells()
        rows = [["rows", len(self)], ["type", cells[1]], ["shape of a row", cells[2]], ["values", cells[4]], ["questions", self._listed["queries"]]]
        try:
            plan = self.plan()
            seconds = "" if plan.predicted_seconds is None else f", predicted {plan.predicted_seconds * 1000:.2f} ms"
            rows.append(["plan", plan.choice + seconds])
            rows.append(["values are", plan.accuracy])
        except MistiqueError as obstacle:
            # What is there is shown all the same: a representation raises nothing.
            rows.append(["plan", obstacle.what])
        return self.key, ["", ""], rows

    def __repr__(self) -> str:
        title, _, rows = self._table()
        return title + "\n" + "\n".join(f"  {name:<16}{value}" for name, value in rows)

    def _repr_html_(self) -> str:
        return _tables.as_html(*self._table())


def _column_name(place: int, shape: Sequence[int]) -> str:
    if len(shape) == 3 and shape[1] * shape[2] > 1:
        area = shape[1] * shape[2]
        return f"n{place // area}_{place % area // shape[2]}_{place % shape[2]}"
    return f"n{place}"

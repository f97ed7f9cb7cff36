"""What a layer or a stage of a model emitted: rows and columns of it, chosen and read."""

from __future__ import annotations

import operator
from ctypes import byref, c_uint64
from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _library as c
from . import _handles, _tables
from .answer import Answer
from ._hidden import HIDDEN, ROWS_FRAME
from ._wide import Wide
from .errors import ChangedStateError, InvalidError, MistiqueError
from .plan import Plan, TopK
from .ragged import Ragged

if TYPE_CHECKING:
    from .model import Model

__all__ = ["Intermediate", "quoted"]


def quoted(part: str) -> str:
    """A part of a key, between backticks where it has a dot, a backtick or nothing in it, or only stars."""
    needs = part == "" or "." in part or "`" in part or part == "*"
    return "`" + part.replace("`", "``") + "`" if needs else part


class Intermediate:
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

    # ---- A part of it ----

    def _with(self, **changed: Any) -> "Intermediate":
        values = {"ids": self._ids, "column": self._column, "options": self._options, "column_shape": self._column_shape, **changed}
        return Intermediate(self.model, self._listed, **values)

    def rows(self, ids: Any) -> "Intermediate":
        """Some rows, by their ids, in this order; an id may repeat."""
        # The caller's own array may change before the question is asked.
        return self._with(ids=c.ids_of(ids).copy())

    def column(self, name: str) -> "Intermediate":
        """One column by its name; of maps also a whole map (``n3``)."""
        c.text(name, "column")
        return self._with(column=name, column_shape=None)

    def unit(self, number: int) -> "Intermediate":
        """One unit of a dense layer, or one map, by its number."""
        return self.column(f"n{operator.index(number)}")

    def region(self, number: int, rows: Tuple[int, int], columns: Tuple[int, int]) -> "Intermediate":
        """A rectangle of one map, as it is stored: where the policy pools, of the pooled map.

        Parameters
        ----------
        number : int
            The map.
        rows, columns : tuple of two ints
            The first of each, and the one behind the last, as in a slice.

        Examples
        --------
        ::

            corner = store["resnet"]["layer2.0"].region(3, rows=(0, 4), columns=(0, 8)).numpy()     # (rows, 4, 8)
        """
        names, shape = [], []
        for what, ends in (("rows", rows), ("columns", columns)):
            first, end = (operator.index(one) for one in ends)
            if not 0 <= first < end:
                raise InvalidError(f"{first} to {end} are none", what, "Give the first, from 0 on, and the one behind the last.")
            names.append(f"{first}-{end - 1}")
            shape.append(end - first)
        return self._with(column=f"n{operator.index(number)}_{names[0]}_{names[1]}", column_shape=tuple(shape))

    def options(self, plan: Optional[str] = None, accuracy: Optional[str] = None, bound: Optional[float] = None,
                within: Union[None, float, str] = None) -> "Intermediate":
        """How it is to be answered.

        Parameters
        ----------
        plan : {"automatic", "read", "rerun"}, optional
            Normally the cheapest one.
        accuracy : {"stored", "exact", "approximate"}, optional
            As the policy keeps it, unless said otherwise.
        bound : float, optional
            The largest error allowed of any value; an answer that may be worse is re-run. 0 is exact.
        within : float or str, optional
            The same by what schemes promise beforehand: a number, or root mean squares such as ``"0.2rms"``. Of a ladder no more is read than that takes;
            :attr:`Answer.error_bound` says what the answer has. Not together with ``accuracy`` or ``bound``.
        """
        if within is not None and (accuracy is not None or bound is not None):
            raise InvalidError("it is given with accuracy or bound", "within", "Give one of them.")
        given = {"plan": plan, "accuracy": accuracy, "bound": bound, "within": within}
        for name, value, known in (("plan", plan, c.PLANS), ("accuracy", accuracy, c.ACCURACIES)):
            if value is not None and value not in known:
                raise InvalidError(f"{value!r}", name, f"Use one of {', '.join(known)}.")
        return self._with(options={**self._options, **{name: value for name, value in given.items() if value is not None}})

    def exact(self) -> "Intermediate":
        """Bit for bit what the model emitted."""
        return self.options(accuracy="exact")

    # ---- Its values ----

    def get(self) -> Answer:
        """Asks for it.

        Raises
        ------
        NotFoundError, MissingRowError
            For a column or a row that is not there.
        CannotPlanError
            When it is not stored and nothing re-runs it.
        """
        if self.is_ragged:
            raise InvalidError("its rows are sequences of different lengths", self.key, "Take it by ragged() or padded().")
        return self._ask(self._ids)

    def _ask(self, ids: Optional[np.ndarray]) -> Answer:
        try:
            handle = self._asked(ids)
        except ChangedStateError:
            # No re-run gives these rows, but what is stored may do.
            handle = None if "plan" in self._options else self._read(ids)
            if handle is None:
                raise
        return Answer(handle, 0, ids, self._answer_shape, self._wide if self._column is None else None)

    def _asked(self, ids: Optional[np.ndarray]) -> int:
        """The library's number of the answer."""
        unique, store = _unique(ids), self.model._store
        return store._answering(lambda: _handles.ask(store.handle, self._key_list, unique, self._ask_options()))

    def _read(self, ids: Optional[np.ndarray]) -> Optional[int]:
        """As `_asked`, of what is stored; None where that does not do."""
        try:
            return self.options(plan="read")._asked(ids)
        except MistiqueError:
            return None

    def _ask_options(self) -> c.AskOptions:
        options = self._options
        if not options:
            return _USUAL
        return c.AskOptions(
            plan=c.PLANS[options.get("plan", "automatic")], accuracy=c.ACCURACIES[options.get("accuracy", "stored")],
            bound=float(options.get("bound", -1.0)), within=c.text(str(options["within"]), "within") if "within" in options else None)

    @property
    def _answer_shape(self) -> Optional[Tuple[int, ...]]:
        """The shape of one row of an answer, where that is known beforehand; (-1,) is one dimension of whatever it has."""
        return self.row_shape if self._column is None else self._column_shape or (-1,)

    def numpy(self, copy: bool = False) -> np.ndarray:
        """The values: :meth:`Answer.numpy`."""
        return self.get().numpy(copy)

    def torch(self) -> Any:
        """The values as a tensor: :meth:`Answer.torch`."""
        return self.get().torch()

    def pandas(self) -> Any:
        """The values as a DataFrame: :meth:`Answer.pandas`."""
        return self.get().pandas()

    def arrow(self) -> Any:
        """The values as a pyarrow table: :meth:`Answer.arrow`."""
        return self.get().arrow()

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.get().__array__(dtype, copy)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.get().__arrow_c_stream__(requested_schema)

    def ids(self) -> np.ndarray:
        """The row ids, in the order of the values."""
        if self._ids is not None:
            return self._ids.copy()
        if self.is_ragged:
            return self.model[ROWS_FRAME].ids()
        if self._listed.get("kind") == "frame" or self._listed.get("kind") is None:
            return self.get().ids
        return self.column("n0_0_0").get().ids

    def ragged(self) -> Ragged:
        """The values of rows that are sequences of different lengths.

        Raises
        ------
        InvalidError
            For rows of one shape.
        """
        if not self.is_ragged:
            raise InvalidError("its rows have one shape", self.key, "Take it by numpy().")
        told, tokens = self._tokens()
        values = self._ask(tokens)
        columns = told.dict()
        return Ragged(told.ids, values, columns["length"], columns["offset"], columns["width"])

    def _tokens(self) -> Tuple[Answer, np.ndarray]:
        """Where the rows' tokens are, and the tokens' own ids, row after row."""
        places = self.model[ROWS_FRAME]
        told = (places if self._ids is None else places.rows(self._ids)).get()
        columns = told.dict()
        runs = [np.arange(start, start + length) for start, length in zip(columns["start"], columns["length"])]
        return told, np.concatenate(runs or [np.empty(0, np.int64)]).astype(np.int64)

    def _stored_ids(self) -> Optional[np.ndarray]:
        """The ids that its values are stored under: of sequences, which are stored token by token, those of the rows' tokens. None for all."""
        return self._tokens()[1] if self.is_ragged and self._ids is not None else self._ids

    def padded(self, fill: float = 0) -> Tuple[np.ndarray, np.ndarray]:
        """As :meth:`Ragged.padded`: the values with padding where it was, and the mask."""
        return self.ragged().padded(fill)

    # ---- Questions ----

    def topk(self, k: int = 10, smallest: bool = False) -> TopK:
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
        return self.model._store._topk(self.key, k, smallest)

    def bounds(self) -> Tuple[np.ndarray, np.ndarray]:
        """The interval that each value lies in: lower and upper bounds, equal where values are stored in full.

        Of sequences of different lengths they are those of the tokens, row after row, as `Ragged.values` has them.

        Raises
        ------
        CannotPlanError
            When it is not stored.
        InvalidError
            For a frame.
        """

        ids = self._stored_ids()
        unique = _unique(ids)
        handle = c_uint64()
        c.call("bounds", self.model._store.handle, c.text(self.key, "key"), None if unique is None else c.pointer(unique),
               0 if unique is None else unique.size, byref(handle))
        shared = _handles.Handle(handle.value)
        lower, upper = (Answer(shared, place, ids, self._answer_shape).numpy() for place in (0, 1))
        return lower, upper

    def plan(self) -> Plan:
        """How it would be answered, without reading values or running anything; of sequences, where the rows' tokens are is read."""
        ids = self._stored_ids()
        unique = _unique(ids)

        told = c.call_json(
            "explain", self.model._store.handle, self._key_list, 1, None if unique is None else c.pointer(unique),
            0 if unique is None else unique.size, byref(self._ask_options()))[0]
        return Plan(told["plan"], told.get("predictedSeconds"), told["isExact"], told["frames"], told["stages"], told.get("errorBound"))

    # ---- For people ----

    def _cells(self) -> List[Any]:
        try:
            kind, row = self.type, self.row_shape
        except MistiqueError:
            kind, row = None, None  # what a layer of columns was has to be read, and a representation raises nothing
        shape = f"({self.column_count},)" if row is None else str(row)
        shape = "tokens x " + shape if self.is_ragged else shape
        return [
            self.name, kind or self._listed.get("kind") or "", shape, len(self), _tables.bytes_text(self._listed["logicalBytes"]),
            "yes" if self.is_stored else "re-run",
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


#: Only read by the library, by any number of threads.
_USUAL = c.AskOptions(plan=c.PLANS["automatic"], accuracy=c.ACCURACIES["stored"], bound=-1.0)


def _unique(ids: Optional[np.ndarray]) -> Optional[np.ndarray]:
    """The ids as they are where none repeats, else each once; None for all rows."""
    if ids is None or ids.size < 2:
        return ids
    unique = np.unique(ids)
    return ids if unique.size == ids.size else unique


def _column_name(place: int, shape: Sequence[int]) -> str:
    if len(shape) == 3 and shape[1] * shape[2] > 1:
        area = shape[1] * shape[2]
        return f"n{place // area}_{place % area // shape[2]}_{place % shape[2]}"
    return f"n{place}"

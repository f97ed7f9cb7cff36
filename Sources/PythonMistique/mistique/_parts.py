"""Parts of an intermediate: rows and columns of it, and how they are to be answered."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Optional, Tuple, Union

from . import _library as c
from .errors import InvalidError

if TYPE_CHECKING:
    from .intermediate import Intermediate

__all__ = ["Parts"]


class Parts:
    """What can be chosen of an intermediate. `Intermediate` is one. Nothing is read for it."""

    def rows(self: "Intermediate", ids: Any) -> "Intermediate":
        """Some rows, by their ids, in this order; an id may repeat."""
        # The caller's own array may change before the question is asked.
        return self._with(ids=c.ids_of(ids).copy())

    def column(self: "Intermediate", name: str) -> "Intermediate":
        """One column by its name; of maps also a whole map (``n3``)."""
        c.text(name, "column")
        return self._with(column=name, column_shape=None)

    def unit(self: "Intermediate", number: int) -> "Intermediate":
        """One unit of a dense layer, or one map, by its number."""
        return self.column(f"n{operator.index(number)}")

    def region(self: "Intermediate", number: int, rows: Tuple[int, int], columns: Tuple[int, int]) -> "Intermediate":
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

    def options(self: "Intermediate", plan: Optional[str] = None, accuracy: Optional[str] = None, bound: Optional[float] = None,
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

    def exact(self: "Intermediate") -> "Intermediate":
        """Bit for bit what the model emitted."""
        return self.options(accuracy="exact")

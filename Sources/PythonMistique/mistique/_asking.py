"""Questions to a store, and the functions that re-run its models for them."""

from __future__ import annotations

from ctypes import byref, c_double, c_int32, c_int64
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple, TypeVar, Union

import numpy as np

from . import _library as c
from ._holding import holding
from ._interruptible import is_interrupted_here
from ._rerunning import rerunning
from .errors import InvalidError, MistiqueError
from .model import Model
from .plan import TopK
from .rerun import Rerun, RerunFunction

if TYPE_CHECKING:
    from .intermediate import Intermediate
    from .store import Store

__all__ = ["Asking"]

#: Bytes that are read in some 10 ms. A question that takes no longer is asked by the thread that asks it, which is faster: a Ctrl-C is raised after it.
SHORT_BYTES = 32 << 20

Value = TypeVar("Value")
#: Asks by another plan, unless that is None, until a flag is raised, if there is one.
Question = Callable[[Optional[str], Optional[c_int32]], Value]


class Asking:
    """What a store answers. `Store` is one."""

    _reruns: Dict[Tuple[str, str], Rerun]
    _registered: List[Rerun]

    # ---- Asking ----

    def topk(self: "Store", what: str, unit: Union[int, str, None] = None, k: int = 10, smallest: bool = False) -> TopK:
        """The rows with the largest values of one column, or the smallest.

        Parameters
        ----------
        what : str
            ``model/intermediate``, as in ``"resnet/fc"``.
        unit : int or str, optional
            The unit of a dense layer or the map of a convolution by its number, or a column by its name.
        k : int
        smallest : bool

        Examples
        --------
        ::

            ids, values = store.topk("resnet/fc", unit=3, k=10)
        """
        name, slash, layer = what.partition("/")
        if not slash:
            raise InvalidError("it names no intermediate", repr(what), "Write model/intermediate, as in \"resnet/fc\".")
        intermediate = self[name][layer]
        if unit is not None:
            intermediate = intermediate.unit(unit) if isinstance(unit, (int, np.integer)) else intermediate.column(unit)
        return intermediate.topk(k, smallest)

    def _topk(self: "Store", layer: "Intermediate", k: int, smallest: bool) -> TopK:
        # There are no more, and nobody need have memory for them.
        k = min(k, layer._listed["rows"])
        room = max(0, k)
        ids, values, count = np.empty(max(1, room), np.int64), np.empty(max(1, room), np.float64), c_int64()

        def ask(plan: Optional[str], flag: Optional[c_int32]) -> TopK:
            options = c.AskOptions(plan=c.PLANS[plan or "automatic"], bound=-1.0, callbacks=c.stopped_by(flag))
            c.call("topk_until", self.handle, c.text(layer.key, "key"), k, int(bool(smallest)), byref(options), c.pointer(ids),
                   values.ctypes.data_as(c.POINTER(c_double)), byref(count))
            return TopK(ids[:count.value], values[:count.value])

        return self._answering(layer, None, ask)

    def _answering(self: "Store", layer: "Intermediate", ids: Optional[np.ndarray], ask: "Question[Value]") -> Value:
        """Asks for rows of `layer`, all where `ids` is None, so that a Ctrl-C ends it.

        A function that re-runs the model is called by the thread that asks, and takes a Ctrl-C itself. Reading is done in another thread, and calls no
        function: it is asked for as it was planned.
        """
        has_function = (layer.model.project, layer.model.name) in self._reruns
        if not self._takes_long(layer, ids) or has_function and not layer._will_be_read(ids):
            return self._here(has_function, ask)
        plan = "read" if has_function else None
        return self._reading(layer, ids, lambda flag: ask(plan, flag))

    def _reading(self, layer: "Intermediate", ids: Optional[np.ndarray], read: Callable[[Optional[c_int32]], Value]) -> Value:
        """Reads what takes no function of Python's, so that a Ctrl-C ends it: then the flag is raised that `read` is given."""
        if not self._takes_long(layer, ids):
            return read(None)
        flag = c_int32(0)
        return c.interruptible(flag, lambda: read(flag))

    @staticmethod
    def _takes_long(layer: "Intermediate", ids: Optional[np.ndarray]) -> bool:
        """Whether a Ctrl-C is to end it rather than wait for it."""
        return layer._bytes(ids) > SHORT_BYTES and is_interrupted_here()

    @staticmethod
    def _here(has_function: bool, ask: "Question[Value]") -> Value:
        """Asks in this thread, and raises what a function that re-runs a model raised in it, rather than what the library says of it."""
        failures: List[BaseException] = []
        rerunning.failures.append(failures)
        try:
            if not has_function:
                return ask(None, None)
            with holding():
                return ask(None, None)
        except MistiqueError:
            if failures:
                raise failures[-1]
            raise
        finally:
            rerunning.failures.pop()
            failures.clear()  # its traceback holds the rows of a batch

    # ---- Re-running ----

    def rerun(self: "Store", name: str, function: Optional[RerunFunction], ids: Any = None) -> None:
        """Registers a function that re-runs a captured model, for as long as the store is open; None takes it out.

        A function that is replaced or taken out stays in memory as long as the store: another thread may be in it.

        Parameters
        ----------
        name : str
            The model.
        function : callable
            ``function(layers, ids)`` returns a mapping of each of `layers` to an array whose rows are those of `ids`, in this order. What
            it raises, the question raises. :func:`mistique.torch.rerun` makes one of a ``torch.nn.Module``, which is refused when its weights are not
            those that were captured.
        ids : array of int, optional
            All rows that were captured, in the order in which they were: what the function is given when all are asked for and none is stored.
            Others are refused. Required under ``adaptive`` and ``budget``.
        """
        project, model = self._find(name)
        known = (project, model)
        if function is None:
            c.call("rerun_register", self.handle, c.text(project, "project"), c.text(model, "model"), None, None, None)
            self._reruns.pop(known, None)
            return
        stored = Model(self, project, model)
        for_capture = getattr(function, "for_capture", None)
        if for_capture is not None:
            function = for_capture(name, stored.note, stored.changed_rows)
        policy = stored.policy
        if ids is None and policy.startswith(("adaptive", "budget")):
            raise InvalidError(
                f"its policy, {policy}, stores what is worth it, which takes all rows", name, "Register the function with all ids: ids=ids.")
        rerun = Rerun(function, None if ids is None else c.ids_of(ids, ordered=True))
        self._registered.append(rerun)
        c.call("rerun_register", self.handle, c.text(project, "project"), c.text(model, "model"), rerun.address, None, None)
        self._reruns[known] = rerun

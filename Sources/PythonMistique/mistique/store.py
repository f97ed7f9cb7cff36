"""Stores: opened, listed, asked, captured into."""

from __future__ import annotations

import atexit
import os
import weakref
from ctypes import byref, c_double, c_int32, c_int64, c_uint64, pointer
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, TypeVar, Union

import numpy as np

from . import _library as c
from . import _tables
from .capture import Capture
from .errors import BadHandleError, BusyError, InvalidError, MistiqueError, NotFoundError
from .intermediate import TopK, quoted
from .model import Model
from ._rerunning import rerunning
from .rerun import Rerun, RerunFunction
from .verification import Verification

__all__ = ["Store", "open"]

Value = TypeVar("Value")

#: The project of models whose name does not say one.
PROJECT = "python"

_open_stores: "weakref.WeakSet[Store]" = weakref.WeakSet()
#: Stores that nobody holds any more, whose last reference went while the library could not close them: in one of its callbacks.
_unclosed: List[int] = []


def open(folder: Union[str, "os.PathLike[str]"], *, rows_per_block: int = 0, wait: float = 0, models_kept: int = 0) -> "Store":
    """Opens the store in `folder`, or makes one there.

    Parameters
    ----------
    folder : path
    rows_per_block : int
        Rows per RowBlock; 1,000 unless said otherwise.
    wait : float
        Seconds to wait for another process that writes.
    models_kept : int
        Restored models that stay in memory; 2 unless said otherwise.

    Raises
    ------
    MistiqueError
        When the folder cannot be used.

    Examples
    --------
    ::

        with mistique.open("Store") as store:
            print(store)
    """
    return Store(folder, rows_per_block=rows_per_block, wait=wait, models_kept=models_kept)


class Store(Mapping):
    """A store of intermediates: a mapping of the names of its models to :class:`Model`. Made by :func:`open`.

    Any thread may ask. One process, and in it one capture, writes at a time.
    """

    def __init__(self, folder: Any, *, rows_per_block: int = 0, wait: float = 0, models_kept: int = 0) -> None:
        self._handle = 0
        self._reruns: Dict[Tuple[str, str], Rerun] = {}
        #: All functions that were ever registered: another thread may be in one that was replaced, or about to call it.
        self._registered: List[Rerun] = []
        options = c.OpenOptions(rows_per_block=rows_per_block, writer_wait_seconds=wait, models_kept=models_kept)
        handle = c_uint64()
        if rerunning.call is None:
            _close_unclosed()
        c.call("open", c.text(os.fsdecode(folder), "folder"), byref(options), byref(handle))
        self._handle = handle.value
        self._process = os.getpid()
        self.folder = os.path.abspath(os.fsdecode(folder))
        _open_stores.add(self)

    # ---- Opening and closing ----

    @property
    def handle(self) -> int:
        """The library's number.

        Raises
        ------
        BadHandleError
            When the store was closed.
        """
        if not self._handle:
            raise BadHandleError("the store was closed", self.folder, "Open it again: mistique.open(folder).")
        return self._handle

    def close(self) -> None:
        """Abandons a capture that is under way, and gives up the right to write. Answers stay. Closing twice does nothing.

        Raises
        ------
        BusyError
            In a function that re-runs a model for a question of this very object, which waits for it. The store stays open.
        """
        handle, self._handle = self._handle, 0
        # A forked child has nothing to close.
        if handle and self._process == os.getpid():
            try:
                c.call("close", handle)
            except BusyError:
                self._handle = handle
                raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", 0):
            try:
                self.close()
            except BusyError:
                _unclosed.append(self._handle)
            except MistiqueError:
                pass  # nobody is there to be told

    def __getstate__(self) -> Any:
        raise InvalidError("a store cannot be pickled", self.folder, "Open it in each process; start workers by spawn.")

    # ---- Models ----

    def _catalogue(self) -> Dict[str, Any]:
        return c.call_json("models", self.handle)

    def _find(self, name: str) -> Tuple[str, str]:
        """The project and name of a model that is called `name`, or `project.name`."""
        listed = [(item["project"], item["name"]) for item in self._catalogue()["models"]]
        found = [one for one in listed if one[1] == name] or [one for one in listed if name in (f"{one[0]}.{one[1]}", ".".join(map(quoted, one)))]
        if len(found) > 1:
            ours = [one for one in found if one[0] == PROJECT]
            if len(ours) == 1:
                return ours[0]
            raise NotFoundError(
                f"{len(found)} models are called {name!r}", self.folder, f"Say which: {', '.join(f'{p}.{n}' for p, n in found)}.")
        if not found:
            names = ", ".join(f"{p}.{n}" for p, n in listed[:40])
            raise NotFoundError(f"there is no model {name!r}", self.folder, f"There are: {names}." if names else "The store is empty.")
        return found[0]

    def __getitem__(self, name: str) -> Model:
        if not isinstance(name, str):
            raise NotFoundError(f"{name!r} is no name", self.folder, "Name a model: store['resnet'].")
        return Model(self, *self._find(name))

    def __iter__(self) -> Iterator[str]:
        models = self._catalogue()["models"]
        names = [item["name"] for item in models]
        return iter(item["name"] if names.count(item["name"]) == 1 else f"{item['project']}.{item['name']}" for item in models)

    def __len__(self) -> int:
        return len(self._catalogue()["models"])

    def delete(self, name: str) -> int:
        """Deletes a model and what only it used, or what is left of a capture of that name that was not finished.

        Raises
        ------
        NotFoundError
            When nothing, or more than one thing, is called so: ``project.name`` says which is meant.
        BusyError
            While a capture is under way.

        Returns
        -------
        int
            Bytes that went back to the file system.
        """
        unfinished = self._unfinished(name)
        try:
            project, model = self._find(name)
        except NotFoundError:
            # A capture that was never finished is no model yet. A name that several models have is none of it either.
            if unfinished is None or any(name == item["name"] for item in self._catalogue()["models"]):
                raise
            project, model = unfinished
        else:
            if unfinished not in (None, (project, model)):
                raise NotFoundError(
                    f"a model and a capture that was not finished are called {name!r}", self.folder,
                    f"Say which: {project}.{model} is the model, {unfinished[0]}.{unfinished[1]} the capture.")
        freed = c_int64()
        c.call("delete", self.handle, c.text(project, "project"), c.text(model, "model"), byref(freed))
        # The library has let go of the function that re-ran it.
        self._reruns.pop((project, model), None)
        return freed.value

    def demote(self, name: str, layer: str, to: Union[float, str]) -> int:
        """Gives back the residual of an intermediate that was stored under ``ladder(...)``: its values are kept within the bound of its base.

        Nothing is rewritten. From then on a question without ``within`` re-runs the model, or says that it cannot: what cannot be re-run is never exact again.

        Parameters
        ----------
        name, layer : str
            The model and its intermediate.
        to : float or str
            What the values must still be within: a number, or root mean squares such as ``"0.2rms"``.

        Raises
        ------
        InvalidError
            When it has no residual, or its base is not as near as ``to``.

        Returns
        -------
        int
            Bytes that went back to the file system.
        """
        project, model = self._find(name)
        freed = c_int64()
        c.call("demote", self.handle, c.text(project, "project"), c.text(model, "model"), c.text(layer, "layer"), c.text(str(to), "to"), byref(freed))
        return freed.value

    def _unfinished(self, name: str) -> Optional[Tuple[str, str]]:
        """The project and name of a capture of that name that was not finished."""
        project, model = self._new_name(name)
        key = f"{quoted(project)}.{quoted(model)}"
        return (project, model) if any(item["model"] == key for item in self._catalogue()["unfinished"]) else None

    @property
    def stored_bytes(self) -> int:
        """What the store takes on disk."""
        return self._catalogue()["storedBytes"]

    def verify(self, progress: bool = False) -> Verification:
        """Reads and checks every byte that a model refers to.

        Parameters
        ----------
        progress : bool
            Whether to show a progress bar, where tqdm is installed.
        """
        from .progress import Bar

        flag = c_int32(0)
        with Bar("partitions", progress) as bar:
            callbacks = c.Callbacks(stop_flag=pointer(flag), progress=c.ProgressFunction(lambda _, done, total: bar.at(done, total)))
            found = c.interruptible(flag, lambda: c.call_json("verify", self.handle, byref(callbacks)))
        return Verification(found)

    # ---- Asking ----

    def topk(self, what: str, unit: Union[int, str, None] = None, k: int = 10, smallest: bool = False) -> TopK:
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

    def _topk(self, key: str, k: int, smallest: bool) -> TopK:
        room = max(0, int(k))
        ids, values, count = np.empty(max(1, room), np.int64), np.empty(max(1, room), np.float64), c_int64()
        self._answering(lambda: c.call(
            "topk", self.handle, c.text(key, "key"), int(k), int(smallest), c.pointer(ids),
            values.ctypes.data_as(c.POINTER(c_double)), byref(count)))
        return TopK(ids[:count.value], values[:count.value])

    def _answering(self, ask: Callable[[], Value]) -> Value:
        """Runs a question, and raises what a function that re-runs a model raised in it, rather than what the library says of it."""
        failures: List[BaseException] = []
        rerunning.failures.append(failures)
        try:
            return ask()
        except MistiqueError:
            if failures:
                raise failures[-1]
            raise
        finally:
            rerunning.failures.pop()
            failures.clear()  # its traceback holds the rows of a batch

    # ---- Re-running ----

    def rerun(self, name: str, function: Optional[RerunFunction], ids: Any = None) -> None:
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
            function = for_capture(name, stored.note)
        policy = stored.policy
        if ids is None and policy.startswith(("adaptive", "budget")):
            raise InvalidError(
                f"its policy, {policy}, stores what is worth it, which takes all rows", name, "Register the function with all ids: ids=ids.")
        rerun = Rerun(function, None if ids is None else c.ids_of(ids, ordered=True))
        self._registered.append(rerun)
        c.call("rerun_register", self.handle, c.text(project, "project"), c.text(model, "model"), rerun.address, None, None)
        self._reruns[known] = rerun

    # ---- Capturing ----

    def capture(self, model: Any, name: str, layers: Optional[Sequence[str]] = None, policy: str = "dedup", **options: Any) -> Any:
        """Captures what layers of a ``torch.nn.Module`` emit, by forward hooks.

        Parameters
        ----------
        model : torch.nn.Module or None
            None for a capture that is filled by :meth:`Capture.add`.
        name : str
            What it is called in the store, which has no model of that name yet; ``project.name`` for another project than ``python``.
        layers : sequence of str, optional
            Names of ``model.named_modules()``: ``*`` stands for anything but dots, ``**`` for anything. All modules without children when it
            is left out.
        policy : str
            ``dedup``, ``store-all``, ``none``, ``adaptive(0.5s/KB)`` or ``budget(5GB)``, and after a ``+`` ``pool(2)``, ``lp16``,
            ``kbit(8)``, ``threshold(0.995)``, ``bound(0.2rms)``, ``ladder(0.2rms)``;
            ``keeping 0.95`` or ``keeping cca 0.002`` in place of the bound chooses it by what it keeps;
            ``+ exact(1024)`` beside them keeps layers of at most so many values as they are.
        **options
            Those of :class:`Capture` and :class:`mistique.torch.TorchCapture`: ``resume``, ``memory``, ``checkpoint``, ``note``,
            ``progress``, ``batch_dim``.

        Examples
        --------
        ::

            with store.capture(model, "resnet", layers=["layer*.*", "fc"]) as capture:
                for images, ids in loader:
                    with capture.rows(ids):
                        model(images)
        """
        project, name = self._new_name(name)
        if model is None:
            return Capture(self, project, name, policy=policy, **options)
        from .torch import TorchCapture

        return TorchCapture(self, project, name, model, layers, policy=policy, **options)

    @staticmethod
    def _new_name(name: str) -> Tuple[str, str]:
        if not isinstance(name, str) or not name:
            raise InvalidError(f"{name!r} is no name", "name", "Give the model a name.")
        project, dot, rest = name.partition(".")
        return (project, rest) if dot and project and rest else (PROJECT, name)

    def capture_pipeline(self, pipeline: Any, X: Any, ids: Any, name: str, policy: str = "dedup", **options: Any) -> Model:
        """Stores what every step of a fitted scikit-learn ``Pipeline`` or ``ColumnTransformer`` emits, columns by their feature names.

        Parameters
        ----------
        pipeline : sklearn.pipeline.Pipeline or sklearn.compose.ColumnTransformer
            Fitted.
        X : DataFrame or array
            What it is run on.
        ids : array of int
            One per row of `X`.
        name : str
            As in :meth:`capture`.

        Returns
        -------
        Model
            With an intermediate ``input`` and one for each step. Of a last step that predicts, ``step`` is what ``predict`` gives, and
            ``step.predict_proba``, ``step.decision_function`` and ``step.transform`` are what these give, as far as it has them: of KMeans
            ``step`` has the clusters, and ``step.transform`` the distances.
        """
        from .sklearn import capture_pipeline

        project, name = self._new_name(name)
        with Capture(self, project, name, policy=policy, **options) as capture:
            capture_pipeline(capture, pipeline, X, ids)
        return Model(self, project, name)

    def log_frame(self, frame: Any, name: str, ids: Any, layer: str = "frame", policy: str = "dedup", **options: Any) -> Model:
        """Stores a table as a model with one intermediate.

        Parameters
        ----------
        frame
            Of pandas, pyarrow, polars, NumPy (rows, columns), or a mapping of names to arrays.
        name : str
            As in :meth:`capture`.
        ids : array of int
            One per row.
        layer : str
            What the intermediate is called.
        """
        project, name = self._new_name(name)
        with Capture(self, project, name, policy=policy, **options) as capture:
            with capture.rows(ids):
                capture.add_frame(layer, frame)
        return Model(self, project, name)

    # ---- For people ----

    def _table(self) -> Tuple[str, Sequence[str], List[List[Any]]]:
        found = self._catalogue()
        rows = [
            [f"{item['project']}.{item['name']}", item["policy"], item["intermediates"], item["rows"], _tables.bytes_text(item["logicalBytes"])]
            for item in found["models"]
        ]
        rows += [[item["model"], "not finished: resume it, or delete it", "", "", ""] for item in found["unfinished"]]
        title = f"Store {self.folder}: {len(found['models'])} models, {_tables.bytes_text(found['storedBytes'])} on disk"
        return title, ["model", "policy", "intermediates", "rows", "values"], rows

    def __repr__(self) -> str:
        return _tables.as_text(*self._table()) if self._handle else f"<Store {self.folder}, closed>"

    def _repr_html_(self) -> str:
        return _tables.as_html(*self._table())

    # A mapping compares what is in it, which would read the store.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def _close_unclosed() -> None:
    """Closes what nobody holds any more; what a question still waits for stays for the next time."""
    for _ in range(len(_unclosed)):
        try:
            handle = _unclosed.pop(0)
        except IndexError:
            return  # another thread was faster
        try:
            c.call("close", handle)
        except BusyError:
            _unclosed.append(handle)
        except MistiqueError:
            pass  # nobody is there to be told


@atexit.register
def _close_all() -> None:
    _close_unclosed()
    for store in list(_open_stores):
        try:
            store.close()
        except MistiqueError:
            pass  # nobody is there to be told

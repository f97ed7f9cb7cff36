"""Captures of ``torch.nn.Module`` by forward hooks, and functions that re-run one."""

from __future__ import annotations

import difflib
import hashlib
import re
import threading
import warnings
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Union

import numpy as np
import torch

from ._rerunning import rerunning
from .capture import Capture
from .errors import InvalidError, NotFoundError
from .rows import Rows

if TYPE_CHECKING:
    from .store import Store

__all__ = ["TorchCapture", "modules", "rerun"]


def _pattern(glob: str) -> "re.Pattern[str]":
    """``*`` stands for anything but dots, ``**`` for anything, ``?`` for one character but a dot, ``[...]`` as in file names."""
    parts: List[str] = []
    for piece in re.findall(r"\*\*|\*|\?|\[[^\]]+\]|.", glob, re.DOTALL):
        if piece == "**":
            parts.append(".*")
        elif piece == "*":
            parts.append("[^.]*")
        elif piece == "?":
            parts.append("[^.]")
        elif len(piece) > 2:
            parts.append("[" + piece[1:-1].replace("\\", "\\\\").replace("[", "\\[").replace("!", "^", 1 if piece[1] == "!" else 0) + "]")
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts), re.DOTALL)


def modules(model: torch.nn.Module, layers: Optional[Sequence[str]] = None) -> Dict[str, torch.nn.Module]:
    """The modules that `layers` name, in the order of ``model.named_modules()``. One that has several names has the first of them.

    Parameters
    ----------
    model : torch.nn.Module
    layers : sequence of str, optional
        Names or globs; all modules without children when left out.

    Raises
    ------
    NotFoundError
        For one that names no module, with the names that are near it.
    """
    every = _named_modules(model)
    first = {id(module): name for name, module in reversed(list(every.items()))}
    named = {name: module for name, module in every.items() if first[id(module)] == name}
    if layers is None:
        return {name: module for name, module in named.items() if next(module.children(), None) is None}
    if isinstance(layers, str):
        layers = [layers]
    chosen: Dict[str, torch.nn.Module] = {}
    for glob in layers:
        pattern = _pattern(glob)
        found = [first[id(module)] for name, module in every.items() if name == glob or pattern.fullmatch(name)]
        if not found:
            near = difflib.get_close_matches(glob, every, 5, 0.4) or list(every)[:5]
            raise NotFoundError(
                f"no module is called {glob!r}", type(model).__name__,
                f"Names are those of model.named_modules(), such as {', '.join(near)}; * stands for anything but dots, ** for anything.")
        chosen.update((name, named[name]) for name in found)
    return {name: module for name, module in named.items() if name in chosen}


def _named_modules(model: torch.nn.Module) -> Dict[str, torch.nn.Module]:
    """Every name of every module but the model's own."""
    return {name: module for name, module in model.named_modules(remove_duplicate=False) if name}


def _tensors(output: Any, name: str) -> List[Tuple[str, torch.Tensor]]:
    """The tensors in what a module gave: the first is called as the module, others ``name[1]``, ``name[key]``.

    Where that would give two of them one name, as in ``((h, c), out)``, those within what comes first are ``name[0]``, ``name[0][1]``.
    """
    found = list(_named(output, name, False))
    return found if len({one for one, _ in found}) == len(found) else list(_named(output, name, True))


def _named(output: Any, name: str, tells_first: bool) -> Iterator[Tuple[str, torch.Tensor]]:
    if isinstance(output, torch.Tensor):
        yield name, output
    elif isinstance(output, torch.nn.utils.rnn.PackedSequence):
        raise InvalidError(
            "it gave a packed sequence, whose rows are in another order and lie one in the other", name,
            "Leave it out of the layers, and add what torch.nn.utils.rnn.pad_packed_sequence makes of it.")
    elif isinstance(output, Mapping):
        for place, (key, value) in enumerate(output.items()):
            yield from _named(value, name if _is_plain(place, value, tells_first) else f"{name}[{key}]", tells_first)
    elif isinstance(output, (tuple, list)):
        for place, value in enumerate(output):
            yield from _named(value, name if _is_plain(place, value, tells_first) else f"{name}[{place}]", tells_first)


def _is_plain(place: int, value: Any, tells_first: bool) -> bool:
    """Whether a value is called as what it is in."""
    return place == 0 and (isinstance(value, torch.Tensor) or not tells_first)


#: Which dimension counts the rows: of all layers, or by the name or a glob of a module or of one of its tensors.
BatchDim = Union[int, Mapping[str, int], None]


def _module_of(name: str) -> str:
    """The module that a tensor's name begins with: of ``lstm:2[1]`` it is ``lstm``."""
    return name.partition("[")[0].partition(":")[0]


def _order_of(module: torch.nn.Module) -> Optional[bool]:
    """Whether attention, or what is made of it, counts rows first; None for anything else."""
    if isinstance(module, (torch.nn.TransformerEncoder, torch.nn.TransformerDecoder)):
        return _order_of(module.layers[0]) if len(module.layers) > 0 else None
    if isinstance(module, (torch.nn.TransformerEncoderLayer, torch.nn.TransformerDecoderLayer)):
        module = module.self_attn
    kinds = (torch.nn.MultiheadAttention, torch.nn.Transformer)
    return bool(module.batch_first) if isinstance(module, kinds) else None


def _digest(model: torch.nn.Module) -> str:
    """What tells one state of a model from another: names, types, shapes and values of its parameters and buffers."""
    digest = hashlib.blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        digest.update(f"{name} {type(value).__name__} ".encode("utf-8", "surrogatepass"))
        if isinstance(value, torch.Tensor) and value.layout == torch.strided and value.device.type != "meta" and not value.is_quantized:
            digest.update(f"{value.dtype} {tuple(value.shape)} ".encode())
            # As bytes: NumPy has not every type.
            digest.update(memoryview(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()))
    return digest.hexdigest()


class _Dimensions:
    """Which dimension of each tensor counts the rows."""

    def __init__(self, given: BatchDim, model: torch.nn.Module) -> None:
        self._modules = dict(model.named_modules())
        self.given = named = {"**": given} if isinstance(given, int) else dict(given or {})
        for name, dimension in named.items():
            if isinstance(dimension, bool) or not isinstance(dimension, int):
                raise InvalidError(f"it is {dimension!r} for {name!r}", "batch_dim", "Give the number of a dimension, as 1.")
            patterns = [_pattern(name), _pattern(_module_of(name))]
            if not any(pattern.fullmatch(one) for one in self._modules for pattern in patterns):
                near = difflib.get_close_matches(name, self._modules, 3, 0.4)
                raise InvalidError(
                    f"{name!r} names no module" + (f"; there are {', '.join(near)}" if near else ""), "batch_dim",
                    "Give names or globs of model.named_modules(), or of their tensors, as lstm[1].")
        self._globs = [(_pattern(glob), dimension) for glob, dimension in named.items() if not self._is_tensor(glob)]
        # Whether some of its modules have the time first and the rows second, so that others may as well.
        self._may_have_time_first = any(
            not module.batch_first if isinstance(module, torch.nn.RNNBase) else _order_of(module) is False for module in self._modules.values())

    def _of(self, module: torch.nn.Module, name: str, layer: str) -> Optional[int]:
        """The dimension that counts the rows; None where nothing says so."""
        # A tensor's own name goes before its module's, and a name before a glob.
        for one in (layer, name):
            if one in self.given:
                return self.given[one]
            for pattern, dimension in self._globs:
                if pattern.fullmatch(one):
                    return dimension
        is_first = "[" not in layer[len(name):]
        if isinstance(module, torch.nn.RNNBase):
            # What an RNN, LSTM or GRU gives first is (rows, T, D) with batch_first; its states are (layers, rows, D) in any case.
            return 0 if module.batch_first and is_first else 1
        # Attention gives (T, rows, D) unless it was made with batch_first, and so does what is in a layer of a transformer; its weights are (rows, ...).
        within, order = name, _order_of(module)
        while order is None and within:
            within = within.rpartition(".")[0]
            order = _order_of(self._modules.get(within, module))
        if order is None:
            return 0 if isinstance(module, torch.nn.modules.conv._ConvNd) else None
        return 1 if is_first and order is False else 0

    def _is_tensor(self, glob: str) -> bool:
        """Whether it names a tensor: as a glob "lstm[1]" would be "lstm1", and where there is an lstm, it is its second tensor."""
        return re.fullmatch(r"[^][*?]+(\[[^][*?]+\])+", glob) is not None and _module_of(glob) in self._modules

    def rows_first(self, module: torch.nn.Module, name: str, layer: str, tensor: torch.Tensor, rows: Optional[int] = None) -> torch.Tensor:
        """The tensor with its rows as the first dimension.

        Parameters
        ----------
        rows : int, optional
            How many there are: a tensor that has as many along its first two dimensions does not tell by its shape which of them counts the rows.
        """
        if tensor.dim() == 0:
            raise InvalidError("it is a single value, no row for each example", layer, "Leave it out of the layers.")
        found = self._of(module, name, layer)
        if found is None and self._may_have_time_first and tensor.dim() == 3 and tensor.shape[0] == tensor.shape[1] == rows:
            raise InvalidError(
                f"its shape is {tuple(tensor.shape)} for {rows} rows, and the model has layers whose rows are the second dimension", layer,
                f"Say which dimension counts its rows: batch_dim={{{name!r}: 1}}, or 0.")
        dimension = found or 0
        if not -tensor.dim() <= dimension < tensor.dim():
            raise InvalidError(
                f"its shape is {tuple(tensor.shape)}, and dimension {dimension} is to count the rows", layer, "Say which does: batch_dim={name: dimension}.")
        return tensor if dimension == 0 else tensor.movedim(dimension, 0)


class TorchCapture(Capture):
    """What modules emit, by forward hooks: bit for bit what ``register_forward_hook`` gives.

    A module that is called a second time for the same rows gives ``name:2``. Of several tensors the first is called as the module, and others
    ``name[1]`` or ``name[key]``. Values are copied in the hook, on the host, before anything else can overwrite them.

    Parameters
    ----------
    model : torch.nn.Module
    layers : sequence of str, optional
        As `modules` takes them.
    batch_dim : int or mapping of str to int, optional
        Which dimension of an output counts the rows: of all, or by the name or a glob of a module, or of one tensor of it, as ``{"lstm[1]": 1}``.
        Without it 0, and of ``torch.nn.RNN``, ``LSTM`` and ``GRU`` what their ``batch_first`` says, with 1 for their states. Likewise of attention and the
        layers of transformers, with what is in them.
    **options
        Those of :class:`mistique.Capture`.
    """

    def __init__(
        self, store: "Store", project: str, name: str, model: torch.nn.Module, layers: Optional[Sequence[str]] = None, *,
        batch_dim: BatchDim = None, **options: Any,
    ) -> None:
        if not isinstance(model, torch.nn.Module):
            raise InvalidError(
                f"it is {type(model).__name__}", "model",
                "Pass a torch.nn.Module, or None and add arrays yourself; of scikit-learn use capture_pipeline.")
        chosen = modules(model, layers)
        names: Dict[int, List[str]] = {}
        for one, module in _named_modules(model).items():
            names.setdefault(id(module), []).append(one)
        shared = [f"{one} is also {', '.join(names[id(module)][1:])}" for one, module in chosen.items() if len(names[id(module)]) > 1]
        if shared:
            warnings.warn(
                f"{name}: {'; '.join(shared[:5])}{'; ...' if len(shared) > 5 else ''}. All calls of such a module are stored under its first name, in the order "
                "in which they come: name, name:2, ...", stacklevel=4)
        #: What each name or glob stands for: in every block one of them is called.
        self._asked = {glob: list(modules(model, [glob])) for glob in ([layers] if isinstance(layers, str) else layers or [])}
        #: Without names: modules of which nobody knows yet whether they are called.
        self._unseen = [] if layers is not None else list(chosen)
        #: The re-run in which the block was opened, if it was.
        self._within: Optional[object] = None
        self._dimensions = _Dimensions(batch_dim, model)
        self._model = type(model).__name__
        # Only of a capture that may be resumed: reading all weights takes a while.
        self._weights = _digest(model) if options.get("resume") else None
        self._calls: Dict[str, int] = {}
        #: Those that called the model in the block.
        self._threads: Set[int] = set()
        self._hooks: List[Any] = []
        super().__init__(store, project, name, **options)
        try:
            for one, module in chosen.items():
                self._hooks.append(module.register_forward_hook(self._hook(one, module)))
        except BaseException:
            self.abandon()
            raise

    def _about(self) -> Dict[str, Any]:
        about = {"framework": "torch", "version": torch.__version__, "model": self._model, "batch_dim": self._dimensions.given}
        return about if self._weights is None else {**about, "weights": self._weights}

    def _hook(self, name: str, chosen: torch.nn.Module) -> Callable[..., None]:
        def hook(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
            # A deep copy of the model has its hooks too: what it emits is not the model's.
            if module is chosen:
                self._emitted(module, name, output)

        return hook

    def _emitted(self, module: torch.nn.Module, name: str, output: Any) -> None:
        if rerunning.call is not self._within:
            return  # a question of another store, or of this one, re-runs the model: its rows are not those of the block
        rows = self._block(name)
        if rows.is_known:
            return
        self._threads.add(threading.get_ident())
        call = self._calls[name] = self._calls.get(name, 0) + 1
        called = name if call == 1 else f"{name}:{call}"
        found = False
        for layer, tensor in _tensors(output, called):
            found = True
            # The states of an RNN are one of each layer and direction, and none of a token.
            is_state = isinstance(module, torch.nn.RNNBase) and "[" in layer[len(name):]
            self._store_rows(layer, self._dimensions.rows_first(module, name, layer, tensor, len(rows.ids)), not is_state)
        if not found:
            raise InvalidError(f"it gave {type(output).__name__}, in which there is no tensor", name, "Leave it out of the layers.")

    def _begin_rows(self, rows: Rows) -> None:
        self._calls, self._threads = {}, set()
        self._within = rerunning.call

    def _end_rows(self, rows: Rows) -> None:
        if len(self._threads) > 1:
            raise InvalidError(
                "the model was called by several threads in one block", self.name,
                "Nobody knows whose rows these are: let one thread call it while a block is open, or give the others a copy.")
        if not self._calls:
            raise InvalidError(
                "none of the layers was called in the block", self.name,
                "Call the model in the block: with capture.rows(ids): model(batch). Compiled modules call no hooks.")
        missing = next((glob for glob, names in self._asked.items() if not any(name in self._calls for name in names)), None)
        if missing is not None:
            raise InvalidError(
                "it was not called in the block" if missing in self._asked[missing] else f"none of its {len(self._asked[missing])} modules was called in the block",
                missing,
                "Leave it out of the layers: some modules use the weights of modules in them without calling these, as MultiheadAttention does, and "
                "TransformerEncoderLayer in eval mode.")
        unseen, self._unseen = [name for name in self._unseen if name not in self._calls], []
        if unseen:
            warnings.warn(
                f"{self.name}: {len(unseen)} modules were not called in the first block, and are not captured: {', '.join(unseen[:5])}"
                f"{', ...' if len(unseen) > 5 else ''}. Name layers to choose them.", stacklevel=3)

    def _ended(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks = []
        super()._ended()


def rerun(
    model: torch.nn.Module, inputs: Callable[[np.ndarray], Any], batch_size: int = 64, batch_dim: BatchDim = None
) -> Callable[[List[str], np.ndarray], Dict[str, torch.Tensor]]:
    """A function for :meth:`mistique.Store.rerun` that calls a module.

    Parameters
    ----------
    model : torch.nn.Module
        In the state in which it was captured.
    inputs : callable
        Takes row ids and gives what the model is called with for them: a tensor, or a tuple of arguments.
    batch_size : int
        Rows per call. A framework may give other bits in batches of another size than those that were captured.
    batch_dim : int or mapping of str to int, optional
        As it was captured with: :class:`TorchCapture`.
    """
    dimensions = _Dimensions(batch_dim, model)

    def run(layers: List[str], ids: np.ndarray) -> Dict[str, torch.Tensor]:
        pieces: Dict[str, List[torch.Tensor]] = {layer: [] for layer in layers}
        calls: Dict[str, int] = {}
        own = object()
        wanted = {layer.partition("[")[0].partition(":")[0] for layer in layers}

        def hook_of(name: str) -> Callable[..., None]:
            def hook(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
                if rerunning.call is not own:
                    return  # a call by another thread, or by `inputs`
                call = calls[name] = calls.get(name, 0) + 1
                for layer, tensor in _tensors(output, name if call == 1 else f"{name}:{call}"):
                    if layer in pieces:
                        # A copy: what comes after may work in place.
                        first = dimensions.rows_first(module, name, layer, tensor.detach())
                        pieces[layer].append(first.to("cpu", copy=True))

            return hook

        hooks = [module.register_forward_hook(hook_of(name)) for name, module in modules(model, sorted(wanted)).items()]
        try:
            with torch.no_grad():
                for start in range(0, len(ids), batch_size):
                    given = inputs(ids[start:start + batch_size])
                    calls.clear()
                    outer, rerunning.call = rerunning.call, own
                    try:
                        model(*given) if isinstance(given, tuple) else model(given)
                    finally:
                        rerunning.call = outer
        finally:
            for hook in hooks:
                hook.remove()
        missing = [layer for layer, tensors in pieces.items() if not tensors]
        if missing and len(ids):
            raise InvalidError("the model emitted nothing of it", missing[0], "Re-run the model that was captured.")
        return {layer: torch.cat(tensors) for layer, tensors in pieces.items() if tensors}

    # What the store compares with what the capture was begun with.
    run.batch_dim = dimensions.given  # type: ignore[attr-defined]
    return run

"""Captures of ``torch.nn.Module`` by forward hooks, and functions that re-run one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence

import numpy as np
import torch

from ._columns import Column
from ._frames import Batch
from ._hidden import STATE_FRAME
from ._rerunning import rerunning
from ._torch_calls import Calls
from ._torch_dimensions import BatchDim, Dimensions
from ._torch_hooks import after, before, finder
from ._torch_names import modules, named_modules
from ._torch_outputs import Outputs
from ._torch_noted import STATE, State, comparable_to_resume
from ._torch_rerun import rerun
from ._torch_tokens import may_be_tokens
from ._held import Held
from ._note import require_same
from ._policy import leaves_values
from .capture import Capture
from .errors import InvalidError
from .rows import Rows

if TYPE_CHECKING:
    from .store import Store

__all__ = ["TorchCapture", "modules", "rerun"]


#: What is said of a block whose model is in another state than that of the first one.
_CHANGED = {
    "training": "other modules are in train mode", "grad": "gradients are recorded where they were not, or the other way round",
    "weights": "its weights are others", "modules": "its modules or their settings are others", "autocast": "autocast is another"}


class TorchCapture(Capture):
    """What modules emit, by forward hooks: bit for bit what ``register_forward_hook`` gives.

    A module that is called a second time for the same rows gives ``name:2``. Of several tensors the first is called as the module, and others
    ``name[1]``, ``name[key]`` or, of a dataclass, ``name[field]``. Values are copied in the hook, on the host, before anything else can overwrite
    them. What modules put out in a backward pass, in which gradient checkpointing runs them again, is passed over.

    The hooks go with the capture: when it ends, when nobody holds it any more, or when its store is closed.

    Digests of the weights and of the modules with their settings are noted with the model, with which modules are in train mode, whether gradients are
    recorded and what autocast is like, as the first block has it: what :func:`rerun` compares a model with, and with ``resume`` also the next capture. Rows
    that come after a change of this state are marked: no re-run is taken for them.

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
        for one, module in named_modules(model).items():
            names.setdefault(id(module), []).append(one)
        shared = [f"{one} is also {', '.join(names[id(module)][1:])}" for one, module in chosen.items() if len(names[id(module)]) > 1]
        if shared:
            warnings.warn(
                f"{name}: {'; '.join(shared[:5])}{'; ...' if len(shared) > 5 else ''}. All calls of such a module are stored under its first name, in the order "
                "in which they come: name, name:2, ...", stacklevel=4)
        self._calls = Calls(model, layers, chosen)
        #: The re-run in which the block was opened, if it was.
        self._within: Optional[object] = None
        self._outputs = Outputs()
        self._dimensions = Dimensions(batch_dim, model)
        self._model = model
        self._state = State(model, bool(options.get("resume")))
        #: Whether the note says what the first block was like.
        self._is_settled = False
        #: Whether a block was kept.
        self._has_kept = False
        #: Whether it was looked whether this block is like the first one.
        self._has_looked = False
        #: Whether a block of another state was kept. Those after it are not looked at, and taken for changed.
        self._has_changed = False
        #: Whether somebody was told of one.
        self._has_warned = False
        self._hooks: List[Any] = []
        super().__init__(store, project, name, **options)
        #: Whether each row says whether the state had changed. Under other policies it may not change, and no frame is kept.
        self._marks_rows = not leaves_values(self._policy) and (not self._earlier_layers or STATE_FRAME in self._earlier_layers)
        try:
            if self._earlier:
                self._keep_earlier()
            find = finder(self, self._hooks)
            self._hooks.append(model.register_forward_pre_hook(before(find, model)))
            for one, module in chosen.items():
                self._hooks.append(module.register_forward_hook(after(find, one, module)))
        except BaseException:
            self.abandon()
            raise

    # ---- What re-runs and resumptions are compared by ----

    def _about(self) -> Dict[str, Any]:
        return {
            "framework": "torch", "version": torch.__version__, "model": type(self._model).__name__, "batch_dim": self._dimensions.given,
            # Most models are called without gradients and autocast; the first block says how this one is.
            **self._state.now(True, True), "grad": False, "autocast": {}}

    def _compared(self, note: Mapping[str, Any]) -> Mapping[str, Any]:
        # Only a block tells the mode of gradients and autocast, and which modules are in train mode in it.
        return {key: value for key, value in note.items() if key in ("weights", "modules") or key not in STATE}

    def _readable(self, note: Mapping[str, Any]) -> Dict[str, Any]:
        return comparable_to_resume(note, self.name)

    def _keep_earlier(self) -> None:
        """Goes on with what the capture that is resumed noted of the state: its rows are of that, and those of this one will have to be."""
        note = {key: value for key, value in self._note.items() if key not in STATE}
        note.update((key, self._earlier[key]) for key in STATE if key in self._earlier)
        if "first_keys" in self._earlier:
            note["first_keys"] = self._earlier["first_keys"]
        self._note = note
        self._begin_again()

    def _look(self) -> None:
        """As the model is called: that its state is what the note says, or, in the first block, that the note says what its state is."""
        if self._has_looked or self._has_changed or self._rows is None or self._rows.is_known:
            return
        now = self._state.now(not self._is_settled, leaves_values(self._policy))
        is_first = not self._is_settled and not self._earlier
        changed = [key for key in STATE if (is_first or key in self._note) and now.get(key) != self._note.get(key)]
        if self._earlier and not self._is_settled:
            require_same(self._earlier, now, self.name)
        elif changed and is_first:
            self._note = {**{key: value for key, value in self._note.items() if key not in STATE}, **now}
        elif changed:
            self._other_state(_CHANGED[changed[0]])
        self._is_settled = True
        if not self._resume:
            self._send_held(self._rows)
        # Only now: a state that was refused is looked at again, if the block goes on.
        self._has_looked = True

    def _send_held(self, rows: Rows) -> None:
        """The note is final: what waited for that goes to the library."""
        if rows.held is not None:
            self._begin_again(rows)
            rows.send_held()

    def _other_state(self, what: str) -> None:
        if leaves_values(self._policy):
            raise InvalidError(
                f"{what} than in the first block, and its policy, {self._policy}, leaves values to re-runs, which have the state of the first", self.name,
                "Capture each state of the model as a model of its own, or under the policy dedup.")
        if not self._marks_rows:
            raise InvalidError(
                f"{what} than in the first block, and the capture that is resumed, of an older version, cannot say so of rows", self.name,
                "Delete it and begin anew, or capture each state of the model as a model of its own.")
        self._rows.is_changed = True
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"{self.name}: {what} than in the first block. A re-run has the state of the first, and is refused for the rows from here on: capture each state "
                "as a model of its own if it is to be re-run.", stacklevel=2)

    # ---- Blocks ----

    def _is_outside(self) -> bool:
        """Whether what calls the model is no block: a question of another store, or of this one, re-runs it."""
        return rerunning.call is not self._within

    def _emitted(self, module: torch.nn.Module, name: str, output: Any) -> None:
        if self._is_outside():
            return
        rows = self._block(name)
        if rows.is_known:
            return
        self._look()
        call = self._calls.add(name)
        called = name if call == 1 else f"{name}:{call}"
        found = False
        for layer, tensor in self._outputs.tensors(output, called):
            found = True
            first = self._dimensions.rows_first(module, name, layer, tensor, len(rows.ids))
            self._store_rows(layer, first, may_be_tokens(module, name, layer, self._dimensions.modules))
        if not found:
            raise InvalidError(f"it gave {type(output).__name__}, in which there is no tensor", name, "Leave it out of the layers.")

    def _begin_rows(self, rows: Rows) -> None:
        self._calls.begin()
        self._within = rerunning.call
        self._has_looked = False
        # Of a first block that was dropped nothing is left: the next one is the first.
        self._is_settled = self._is_settled and self._has_kept
        if not self._has_kept:
            self._outputs.first = dict(self._earlier.get("first_keys", {}))
        if not self._is_settled and not self._earlier and not rows.is_known:
            rows.held = Held()

    def _kept_rows(self, rows: Rows) -> None:
        self._calls.keep()
        self._has_kept = True
        self._has_changed = self._has_changed or rows.is_changed

    def _mark(self, rows: Rows) -> None:
        """Says of the block's rows whether the state had changed: the note is of the first block, and cannot say so any more."""
        if self._marks_rows:
            changed = np.full(rows.new.size, rows.is_changed or self._has_changed)
            Batch([Column("changed", changed)]).append(self._open, STATE_FRAME, None)

    def _end_rows(self, rows: Rows) -> None:
        self._store.handle  # of a store that was closed, nothing else is to be said
        self._calls.require(self.name)
        if rows.held is not None:
            # Another process may resume it, whose mappings must begin with the same keys.
            self._note["first_keys"] = dict(self._outputs.first)
            self._send_held(rows)
        elif self._outputs.first and self._earlier and "first_keys" not in self._earlier and not self._has_kept:
            warnings.warn(
                f"{self.name}: the capture that is resumed, of an older version, did not note with which keys mappings began. They are taken to be the same now.",
                stacklevel=3)
        self._mark(rows)

    def finish(self) -> Dict[str, Any]:
        report = self._commit()
        self._calls.warn_of_never(self.name, self._earlier_layers)
        self._warn_of_damage(report)
        return report

    def _ended(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()
        super()._ended()

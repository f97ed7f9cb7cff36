"""What comes into a store: captures of models, of pipelines and of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Sequence, Tuple

from .capture import Capture
from .errors import InvalidError
from .model import Model

if TYPE_CHECKING:
    from .store import Store

__all__ = ["PROJECT", "Capturing"]

#: The project of models whose name does not say one.
PROJECT = "python"


class Capturing:
    """What a store takes in. `Store` is one."""

    def capture(self: "Store", model: Any, name: str, layers: Optional[Sequence[str]] = None, policy: str = "dedup", **options: Any) -> Any:
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

    def capture_pipeline(self: "Store", pipeline: Any, X: Any, ids: Any, name: str, policy: str = "dedup", **options: Any) -> Model:
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
            With an intermediate ``input`` and one for each step; of a ColumnTransformer ``name__part`` for each of its transformers, and
            ``name__part__step`` for the steps of one that is a pipeline. Of a last step that predicts, ``step`` is what ``predict`` gives, and
            ``step.predict_proba``, ``step.decision_function`` and ``step.transform`` are what these give, as far as it has them: of KMeans
            ``step`` has the clusters, and ``step.transform`` the distances.
        """
        from .sklearn import capture_pipeline

        project, name = self._new_name(name)
        with Capture(self, project, name, policy=policy, **options) as capture:
            capture_pipeline(capture, pipeline, X, ids)
        return Model(self, project, name)

    def log_frame(self: "Store", frame: Any, name: str, ids: Any, layer: str = "frame", policy: str = "dedup", **options: Any) -> Model:
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

"""Captures of fitted scikit-learn pipelines."""

from __future__ import annotations

import copy
import warnings
from typing import Any, List, Optional, Tuple

import numpy as np

from ._plain import plain, texts
from ._sklearn_columns import input_of, is_same, require_small
from .capture import Capture
from .errors import InvalidError

__all__ = ["capture_pipeline"]

#: What a step emits: its name, the values, and the names of their columns.
_Table = Tuple[str, Any, Optional[List[str]]]


def capture_pipeline(capture: Capture, pipeline: Any, X: Any, ids: Any) -> None:
    """Runs a fitted ``Pipeline`` or ``ColumnTransformer`` step by step and adds what each step emits, as frames.

    Parameters
    ----------
    capture : Capture
        Open, without a block of rows.
    pipeline : sklearn.pipeline.Pipeline or sklearn.compose.ColumnTransformer
    X : DataFrame or array
    ids : array of int

    Raises
    ------
    InvalidError
        For other estimators, for one that is not fitted, and for a last step that puts nothing out.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.exceptions import NotFittedError
    from sklearn.pipeline import Pipeline

    if not isinstance(pipeline, (Pipeline, ColumnTransformer)):
        raise InvalidError(
            f"it is {type(pipeline).__name__}", "pipeline", "Pass a Pipeline or a ColumnTransformer: make_pipeline(estimator) makes one.")
    with capture.rows(ids):
        try:
            _Run(capture).run(pipeline, X)
        except NotFittedError as failure:
            raise InvalidError(f"it is not fitted ({failure})", "pipeline", "Fit it first.") from failure


class _Run:
    """One run of a pipeline, whose steps are added as they come.

    Parameters
    ----------
    capture : Capture
    kept : list, optional
        Takes what the steps emit in place of the capture, until it is known whether it is to be stored.
    """

    def __init__(self, capture: Capture, kept: Optional[List[_Table]] = None) -> None:
        self._capture, self._kept = capture, kept

    def run(self, pipeline: Any, X: Any) -> None:
        self._add("input", X, _names_of(X))
        if hasattr(pipeline, "steps"):
            self._steps(pipeline, X, "", True)
        else:
            self._columns(pipeline, X, "")

    def _steps(self, pipeline: Any, X: Any, prefix: str, is_end: bool) -> Any:
        """Runs the steps; gives what the last transformer gave.

        Where the pipeline ends (`is_end`), a last step that predicts is stored by what it predicts, even if it transforms as well, as KMeans:
        that is what the pipeline's own `predict` gives. Elsewhere the last step transforms, since that is what the step after it gets.
        """
        last = len(pipeline.steps) - 1
        for place, (name, step) in enumerate(pipeline.steps):
            if step is None or step == "passthrough":
                continue
            name = prefix + name
            if place == last and (not hasattr(step, "transform") or is_end and hasattr(step, "predict")):
                if hasattr(step, "steps"):
                    self._steps(step, copy.deepcopy(X), name + "__", True)
                self._estimator(step, X, name)
                return X
            X = self._transform(step, X, name)
        return X

    def _transform(self, step: Any, X: Any, name: str) -> Any:
        if hasattr(step, "steps"):
            given = _names_of(X)
            output = self._steps(step, X, name + "__", False)
            self._add(name, output, _names_out(step, given))
            return output
        if hasattr(step, "transformers_"):
            return self._columns(step, X, name)
        output = step.transform(X)
        self._add(name, output, _names_out(step, _names_of(X)))
        return output

    def _columns(self, transformer: Any, X: Any, name: str) -> Any:
        """A ColumnTransformer: the whole of what it gives, the part that each of its transformers gives, and the steps of those that are pipelines."""
        nested = {part: (step, columns) for part, step, columns in transformer.transformers_ if hasattr(step, "steps")}
        before = X
        if nested:
            try:
                before = copy.deepcopy(X)
            except Exception as failure:  # of somebody's own class: what it is given is run once only, then
                _warn_of_steps(", ".join(nested), f"what they are given cannot be copied ({failure})")
                nested = {}
        output = transformer.transform(X)
        names = _names_out(transformer, _names_of(X)) or _numbered(output)
        if name:
            self._add(name, output, names)
        for part, place in transformer.output_indices_.items():
            values = _picked(output, place)
            if values.shape[1] == 0:
                continue
            called = f"{name}__{part}" if name else part
            if part in nested:
                self._nested(transformer, part, *nested[part], before, values, called)
            self._add(called, values, names[place])
        if not name:
            self._add("output", output, names)
        return output

    def _nested(self, transformer: Any, part: str, pipeline: Any, columns: Any, X: Any, values: Any, name: str) -> None:
        """The steps of a pipeline in a ColumnTransformer, run once more, where that gives what the ColumnTransformer computed.

        They are an extra: what is wrong with them is said, and leaves the rest of the capture as it is.
        """
        kept: List[_Table] = []
        weight = (transformer.transformer_weights or {}).get(part)
        try:
            found = _Run(self._capture, kept)._steps(pipeline, input_of(transformer, part, columns, X), name + "__", False)
            obstacle = None if is_same(found, values, weight) else "run by itself it gives other values"
        except Exception as failure:  # steps are anybody's code, and may raise anything
            obstacle = str(failure) or type(failure).__name__
        if obstacle is not None:
            _warn_of_steps(name, obstacle)
            return
        for step, emitted, names in kept:
            try:
                require_small(emitted, step)
                self._add(step, emitted, names)
            except InvalidError as failure:
                warnings.warn(f"{step}: it is not stored: {failure.what}. What {name} gives as a whole is.", stacklevel=2)

    def _estimator(self, step: Any, X: Any, name: str) -> None:
        # Each method gets rows of its own: a pipeline, or a search of one, may scale what it is given in place.
        if hasattr(step, "predict"):
            self._add(name, step.predict(copy.deepcopy(X)), ["prediction"])
        elif not any(hasattr(step, method) for method in ("predict_proba", "decision_function")):
            raise InvalidError(
                f"{type(step).__name__} neither transforms nor predicts", name, "Leave the last step out: pipeline[:-1].")
        for method in ("predict_proba", "decision_function"):
            # Some have the method and refuse it: SVC without probability=True raises AttributeError as hasattr wants it.
            if hasattr(step, method):
                values = getattr(step, method)(copy.deepcopy(X))
                if isinstance(values, list):  # of several outputs, one array each
                    for place, one in enumerate(values):
                        self._add(f"{name}.{method}[{place}]", one, None)
                else:
                    names = None if method == "decision_function" and _is_of_pairs(step) else _classes(step, np.asarray(values))
                    self._add(f"{name}.{method}", np.asarray(values), names)
        if hasattr(step, "transform"):
            self._add(f"{name}.transform", step.transform(copy.deepcopy(X)), _names_out(step, _names_of(X)))

    def _add(self, name: str, values: Any, names: Optional[List[str]]) -> None:
        if self._kept is not None:
            # A copy: the step after it may work in place.
            self._kept.append((name, copy.deepcopy(values), names))
            return
        if hasattr(values, "iloc"):  # pandas knows the names and the types of its columns
            self._capture.add_frame(name, values)
            return
        if not hasattr(values, "shape"):
            found = texts(values)
            values = plain(values, name) if found is None else found
        width = values.shape[1] if getattr(values, "ndim", 2) == 2 else 1
        self._capture.add_frame(name, values, names if names is not None and len(names) == width else None)


def _warn_of_steps(name: str, obstacle: str) -> None:
    warnings.warn(f"{name}: the steps of this pipeline are not stored: {obstacle}. What it gives as a whole is.", stacklevel=3)


def _names_of(X: Any) -> Optional[List[str]]:
    return [str(name) for name in X.columns] if hasattr(X, "columns") else None


def _names_out(step: Any, given: Optional[List[str]]) -> Optional[List[str]]:
    """Feature names of what a step gives; None where it does not know them."""
    if not hasattr(step, "get_feature_names_out"):
        return None
    for names in (given, None):
        try:
            return [str(name) for name in step.get_feature_names_out(names)]
        except (ValueError, TypeError, AttributeError, NotImplementedError):
            continue  # a step of its own that does not know; its columns are numbered then
    return None


def _numbered(values: Any) -> List[str]:
    return [f"x{place}" for place in range(values.shape[1])]


def _picked(values: Any, place: slice) -> Any:
    if hasattr(values, "iloc"):
        return values.iloc[:, place]
    return values.tocsc()[:, place] if hasattr(values, "tocsc") else values[:, place]


def _is_of_pairs(step: Any) -> bool:
    """Whether its decision function has a column for each pair of classes, which may be as many as there are classes."""
    while step is not None:
        if getattr(step, "decision_function_shape", None) == "ovo":
            return True
        step = step.steps[-1][1] if hasattr(step, "steps") else next(
            (getattr(step, name) for name in ("best_estimator_", "final_estimator_", "estimator_", "estimator") if hasattr(step, name)), None)
    return False


def _classes(step: Any, values: np.ndarray) -> Optional[List[str]]:
    classes = getattr(step, "classes_", None)
    # A list has the classes of several outputs.
    if classes is None or isinstance(classes, list) or values.ndim != 2 or len(classes) != values.shape[1]:
        return None
    return [str(one) for one in classes]

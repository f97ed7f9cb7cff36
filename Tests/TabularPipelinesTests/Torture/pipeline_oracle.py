"""Runs small pipelines with pandas and scikit-learn: the other side of PipelineOracleTests.

One line of JSON per pipeline on standard input, one per answer. A request has the CSV files' texts and the stages; an answer has, for each
intermediate, its columns as numbers (missing as NaN, as the hexadecimal bits of float64) or as texts, and how exactly they must be met.
"""

import io
import json
import struct
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.linear_model import ElasticNet
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

warnings.filterwarnings("ignore")


def is_number(column):
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def read_csv(text, types):
    """Types are the test's own knowledge of the file, so that nothing is guessed twice."""
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    for name, kind in types.items():
        texts = frame[name]
        missing = texts == ""
        if kind == "number":
            frame[name] = np.array([np.nan if t == "" else float(t) for t in texts], dtype=np.float64)
        elif kind == "integer":
            if missing.any():
                frame[name] = np.array([np.nan if t == "" else float(t) for t in texts], dtype=np.float64)
            else:
                frame[name] = np.array([int(t) for t in texts], dtype=np.int64)
        elif kind == "boolean":
            frame[name] = pd.array([None if t == "" else t == "true" for t in texts], dtype="boolean")
        else:
            frame[name] = pd.Series([None if t == "" else t for t in texts], dtype=object)
    return frame


def category_name(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


def one_hot(frame, parameters):
    out = []
    for name in frame.columns:
        if name not in parameters["columns"]:
            out.append((name, frame[name]))
            continue
        column = frame[name]
        for value in sorted(column.dropna().unique()):
            hits = (column == value).fillna(False).astype(bool)
            out.append((f"{name}_{category_name(value)}", pd.array(hits, dtype="boolean")))
    result = pd.DataFrame(index=frame.index)
    for name, column in out:
        result[name] = column
    return result


def fill_na(frame, parameters):
    result = frame.copy()
    for name in parameters["columns"]:
        column = frame[name]
        if not column.isna().any():
            continue
        strategy = parameters["strategy"]
        values = column.dropna()
        if strategy == "constant" or len(values) == 0:
            fill = parameters["value"]
        elif strategy == "mean":
            fill = values.astype(float).mean()
        elif strategy == "median":
            fill = values.astype(float).median()
        else:
            fill = values.mode().iloc[0]
        if is_number(column):
            fill = float(fill)
        elif pd.api.types.is_bool_dtype(column) and not isinstance(fill, (bool, np.bool_)):
            fill = fill == "true" or fill == "1"
        result[name] = column.fillna(fill)
    return result


def scale(frame, parameters):
    result, sure = frame.copy(), {}
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}[parameters["method"]]
    for name in parameters["columns"]:
        values = frame[name].astype(float).to_numpy().reshape(-1, 1)
        if np.isnan(values).all():
            continue
        result[name] = scaler().fit_transform(values)[:, 0]
        # A spread that is nothing but the rounding of means says nothing.
        quartiles = np.nanpercentile(values, [0, 25, 75, 100])
        spreads = [quartiles[3] - quartiles[0], quartiles[2] - quartiles[1]]
        sure[name] = not any(0 < spread < 1e-9 * max(1e-300, np.nanmax(np.abs(values))) for spread in spreads)
    result.attrs["sure"] = sure
    return result


def pca(frame, parameters):
    """Directions are only sure where variances differ; those that are not are left out of the answer."""
    values = np.column_stack([frame[name].astype(float).to_numpy() for name in parameters["columns"]])
    centred = values - values.mean(axis=0)
    if parameters["standardize"]:
        deviation = centred.std(axis=0)
        deviation[deviation == 0] = 1
        centred = centred / deviation
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    variance = singular**2 / (len(values) - 1)
    result, sure = {}, {}
    total = variance.sum()
    for place in range(parameters["components"]):
        direction = directions[place]
        largest = np.abs(direction).max()
        lead = int(np.argmax(np.abs(direction) >= largest - 1e-9))
        close = np.sort(np.abs(direction))[-2:] if len(direction) > 1 else np.array([0, largest])
        scores = centred @ direction * np.sign(direction[lead])
        gaps = [abs(variance[place] - v) for k, v in enumerate(variance) if k != place]
        is_sure = total > 0 and variance[place] > 1e-6 * total and (not gaps or min(gaps) > 1e-3 * total)
        is_sure = is_sure and not (1e-12 < close[1] - close[0] < 1e-6)
        if parameters["whiten"]:
            scores = scores / np.sqrt(variance[place]) if variance[place] > 0 else scores
        result[f"pc{place + 1}"] = scores
        sure[f"pc{place + 1}"] = bool(is_sure)
    frame = pd.DataFrame(result, index=frame.index)
    frame.attrs["sure"] = sure
    return frame


def avg(frame, parameters):
    result = frame.copy()
    for name in parameters["columns"]:
        values = frame[name].astype(float)
        means = values.groupby(frame[parameters["by"]]).mean()
        result[f"{name}_avg_by_{parameters['by']}"] = frame[parameters["by"]].map(means).astype(float)
    return result


def join(left, right, parameters):
    right = right.rename(columns={parameters["right_key"]: "__key__"})
    left = left.copy()
    left["__row__"] = np.arange(len(left))
    keyed = left[left[parameters["left_key"]].notna()]
    merged = keyed.merge(right, how="inner", left_on=parameters["left_key"], right_on="__key__", sort=False)
    if parameters["how"] == "left":
        rest = left[~left["__row__"].isin(merged["__row__"])]
        merged = pd.concat([merged, rest])
    return merged.sort_values("__row__").drop(columns=["__key__", "__row__"]).reset_index(drop=True)


def elastic_net(frame, parameters):
    target = frame[parameters["target"]].astype(float).to_numpy()
    names = [name for name in frame.columns if name != parameters["target"]]
    features = np.column_stack([frame[name].astype(float).to_numpy() for name in names])
    model = ElasticNet(alpha=parameters["alpha"], l1_ratio=parameters["l1_ratio"], tol=1e-14, max_iter=1_000_000)
    model.fit(features, target)
    result = pd.DataFrame({"feature": pd.Series(names + ["(intercept)"], dtype=object)})
    result["coefficient"] = list(model.coef_) + [model.intercept_]
    # Of features that are nearly the same, a million sweeps do not find the best: what they end at says nothing.
    result.attrs["sure"] = {"coefficient": model.dual_gap_ <= 1e-13 * max(1.0, float(np.sum(target**2)))}
    return result


def run(request):
    frames, tolerances, unsure, answer = {}, {}, set(), {}
    exact = {"ReadCSV", "Join", "SelectColumn", "DropColumns", "OneHotEncoding"}
    for stage in request["stages"]:
        kind, parameters, inputs = stage["transformer"], stage["parameters"], stage["inputs"]
        if kind == "ReadCSV":
            frame = read_csv(request["files"][inputs[0]], request["types"][inputs[0]])
        elif kind == "Join":
            frame = join(frames[inputs[0]], frames[inputs[1]], parameters)
        elif kind == "FillNA":
            frame = fill_na(frames[inputs[0]], parameters)
        elif kind == "OneHotEncoding":
            frame = one_hot(frames[inputs[0]], parameters)
        elif kind == "Scale":
            frame = scale(frames[inputs[0]], parameters)
        elif kind == "PCA":
            frame = pca(frames[inputs[0]], parameters)
        elif kind == "Avg":
            frame = avg(frames[inputs[0]], parameters)
        elif kind == "SelectColumn":
            frame = frames[inputs[0]][parameters["columns"]]
        elif kind == "DropColumns":
            frame = frames[inputs[0]].drop(columns=parameters["columns"])
        elif kind == "TrainElasticNet":
            frame = elastic_net(frames[inputs[0]], parameters)
        else:
            raise ValueError(kind)
        frames[stage["name"]] = frame
        sure = frame.attrs.pop("sure", {})
        # What follows from something that is not sure is not sure either.
        if any(name in unsure for name in inputs):
            sure = {name: False for name in frame.columns}
        if not all(sure.values()):
            unsure.add(stage["name"])
        # What an inexact stage computed stays inexact on the way.
        own = 0.0 if kind in exact else 1e-6 if kind in ("PCA", "TrainElasticNet") else 1e-9
        tolerances[stage["name"]] = max([own] + [tolerances.get(name, 0.0) for name in inputs])
        answer[stage["name"]] = {
            "rows": len(frame),
            "tolerance": tolerances[stage["name"]],
            "columns": [encode(name, frame[name], sure.get(name, True)) for name in frame.columns],
        }
    return answer


def encode(name, column, sure):
    if column.dtype == object:
        return {"name": name, "sure": bool(sure), "texts": [None if pd.isna(v) else v for v in column]}
    numbers = column.astype("float64") if not pd.api.types.is_bool_dtype(column) else column.astype("Float64").astype("float64")
    return {"name": name, "sure": bool(sure), "numbers": struct.pack(f">{len(numbers)}d", *numbers).hex()}


for line in sys.stdin:
    try:
        print(json.dumps({"frames": run(json.loads(line))}), flush=True)
    except Exception as error:  # the test decides what that means
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)

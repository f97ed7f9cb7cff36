"""What NumPy (and SciPy and scikit-learn, where they are) say to the questions of QuestionOracleTests.

    python3 questions_oracle.py homes homes.csv > homes.json        # the golden answers
    python3 questions_oracle.py network layer.csv logits.csv labels.json dense.csv

Reads tables as `mistique get` prints them, or homes.csv itself; prints one JSON object of answers by name. NaN is null.
"""

import csv
import datetime
import json
import sys

import numpy as np

try:
    from scipy import stats
except ImportError:
    stats = None
try:
    from sklearn.metrics import confusion_matrix
except ImportError:
    confusion_matrix = None


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}


def number(text):
    if text == "":
        return np.nan
    if text[4:5] == "-" and text[7:8] == "-":
        return float((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)
    return float(text)


def numbers(column):
    return np.array([number(text) for text in column])


def largest(values, k, sign=-1):
    order = [row for row in np.argsort(sign * values, kind="stable") if not np.isnan(values[row])]
    return [int(row) for row in order[:k]]


def nearest(matrix, row, k):
    distances = np.sqrt(((matrix - matrix[row]) ** 2).sum(axis=1))
    distances[row] = np.nan
    rows = largest(distances, k, 1)
    return {"rows": rows, "distances": [distances[row] for row in rows]}


def distribution(values, bins):
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins=bins)
    shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    return {
        "numbers": [len(finite), len(values) - len(finite), finite.mean(), finite.std(), finite.min()]
        + [np.quantile(finite, share) for share in shares] + [finite.max()],
        "edges": edges.tolist(), "counts": counts.tolist(),
    }


def means(columns, groups):
    names = sorted(set(groups) - {""})
    return {"groups": names, "means": [[np.nanmean([v for v, g in zip(column, groups) if g == name]) for name in names] for column in columns]}


def pearson(first, second):
    both = ~np.isnan(first) & ~np.isnan(second)
    if stats is not None:
        return [stats.pearsonr(first[both], second[both])[0], int(both.sum())]
    return [np.corrcoef(first[both], second[both])[0, 1], int(both.sum())]


def svcca(first, second, variance=0.99):
    bases = []
    for matrix in (first, second):
        u, s, _ = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
        share = np.cumsum(s ** 2) / (s ** 2).sum()
        bases.append(u[:, : int(np.searchsorted(share, variance) + 1)])
    return {"coefficients": np.clip(np.linalg.svd(bases[0].T @ bases[1], compute_uv=False), 0, 1).tolist(),
            "directions": [bases[0].shape[1], bases[1].shape[1]]}


def confusion(labels, predicted, classes):
    if confusion_matrix is not None:
        return confusion_matrix(labels, predicted, labels=classes).tolist()
    return [[sum(a == label and b == guess for a, b in zip(labels, predicted)) for guess in classes] for label in classes]


def homes(path):
    table = read(path)
    names = ["id", "city", "area", "rooms", "price", "built", "a.b", "big", "class", "p0", "p1", "p2"]
    column = {name: numbers(table[name]) for name in names}
    features = []
    for name in names:
        if name == "big":  # its deviation is lost in the rounding of its mean
            continue
        mean, deviation = np.nanmean(column[name]), np.nanstd(column[name])
        features.append(np.nan_to_num((column[name] - mean) / deviation, nan=0.0))
    price = column["price"]
    scaled = (price - price.min()) / (price.max() - price.min())
    difference = price - scaled
    pairs = {name: pearson(price, column[name]) for name in names if name not in ("price", "big")}
    rows = np.array([column[name] for name in names]).T
    gaps = np.isnan(rows[5]) | np.isnan(rows[9])
    by = {
        name: {
            "groups": (groups := sorted(set(table[name]) - {""})), "rows": [table[name].count(group) for group in groups],
            "means": [[np.mean([v for v, g in zip(values, table[name]) if g == group]) for values in (price, scaled, difference, abs(difference))]
                      for group in groups],
        } for name in ("kind", "city")
    }
    order = sorted(pairs, key=lambda name: -abs(pairs[name][0]))
    return {
        "topk price": largest(price, 7), "topk smallest area": largest(column["area"], 5, 1), "topk built": largest(column["built"], 6),
        # Beyond 2^53: as whole numbers.
        "topk big": sorted(range(200), key=lambda row: (-int(table["big"][row]), row))[:5],
        "knn": nearest(np.array(features).T, 5, 10),
        "knn raw": nearest(np.array([column["rooms"], column["price"]]).T, 5, 10),
        "col-dist": {name: distribution(column[name], 12) for name in ("area", "a.b", "price", "city")},
        "col-diff": {"rows": largest(abs(difference), 8), "differences": sorted(difference, key=abs, reverse=True)[:8],
                     "means": [difference.mean(), abs(difference).mean()]},
        "col-diff by": by,
        "row-diff": {"columns": [names[place] for place in largest(np.where(gaps, np.nan, abs(rows[5] - rows[9])), 6)],
                     "euclidean": np.sqrt(np.nansum((rows[5] - rows[9]) ** 2))},
        "corr": {"order": order, "pairs": pairs},
        "svcca": svcca(np.array([column[name] for name in ("rooms", "price", "p0")]).T, np.array([column[name] for name in ("p0", "p1", "p2")]).T),
        "vis": dict(means([column[name] for name in names], table["kind"]), columns=names),
        "confusion texts": confusion(table["kind"], table["guess"], ["flat", "house", "villa", "barn"]),
        "confusion votes": confusion([int(c) for c in table["class"]],
                                     np.argmax(np.array([column["p0"], column["p1"], column["p2"]]), axis=0).tolist(), [0, 1, 2]),
    }


def network(layer_path, logits_path, labels_path, dense_path):
    # float32, of which the text has the fewest digits that tell it.
    layer, logits, dense = (np.array([numbers(c) for name, c in read(path).items() if name != "row_id"]).T.astype(np.float32).astype(float)
                     for path in (layer_path, logits_path, dense_path))
    with open(labels_path, encoding="utf-8") as file:
        labels = json.load(file)
    # Four maps of 16 x 16.
    maps = layer.reshape(len(layer), 4, 256)
    return {
        "topk": largest(maps[:, 2].max(axis=1), 9), "topk mean": largest(maps[:, 2].mean(axis=1), 9),
        "knn": nearest(layer, 17, 12),
        "col-dist": distribution(maps[:, 1].mean(axis=1), 8),
        "corr": [pearson(logits[:, 3], maps[:, channel].mean(axis=1)) for channel in range(4)],
        "svcca": svcca(layer, logits),
        "vis": means(layer.T, [str(label) for label in labels])["means"],
        "vis mean": means(maps.mean(axis=2).T, [str(label) for label in labels])["means"],
        "classes": np.flatnonzero(np.argmax(dense, axis=1) != np.argmax(logits, axis=1)).tolist(),
        "confusion": confusion(labels, np.argmax(logits, axis=1).tolist(), list(range(10))),
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.integer, np.floating)):
        value = value.item()
    return None if value != value else value


print(json.dumps(plain({"homes": homes, "network": network}[sys.argv[1]](*sys.argv[2:])), ensure_ascii=False))

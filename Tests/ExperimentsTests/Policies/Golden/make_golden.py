#!/usr/bin/env python3
"""Makes golden.npz and golden.json with NumPy, SciPy and scikit-learn, as an oracle for what `experiments run policies` says is kept.

Run: python3 make_golden.py (needs numpy, scipy and scikit-learn; the versions used are written into golden.json). The arrays are in golden.npz,
which the Swift test reads: values in full precision, and the same values as a lossy store would give them back. Neighbours are scikit-learn's by
brute force in float64, directions LAPACK's SVD, and canonical correlations the cosines of SciPy's angles between subspaces.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import linalg
from sklearn.neighbors import NearestNeighbors

ROWS, ROWS_PER_DIRECTION, QUERIES = 120, 20, 100


def clusters(random, columns):
    centres = random.standard_normal((6, columns))
    return centres[random.integers(6, size=ROWS)] + 0.4 * random.standard_normal((ROWS, columns))


def bins(values, bits):
    """Each value as the mean of its quantile bin."""
    edges = np.quantile(values, np.linspace(0, 1, 2**bits + 1))[1:-1]
    codes = np.searchsorted(edges, values, side="right")
    means = np.array([values[codes == code].mean(dtype=np.float64) if (codes == code).any() else 0 for code in range(2**bits)])
    return means[codes].astype(np.float32)


def pooled(maps, size):
    """Averages of windows that do not overlap, smaller at the edges."""
    rows, channels, height, width = maps.shape
    high, wide = -(-height // size), -(-width // size)
    result = np.empty((rows, channels, high, wide), np.float32)
    for y in range(high):
        for x in range(wide):
            result[:, :, y, x] = maps[:, :, y * size:(y + 1) * size, x * size:(x + 1) * size].mean((2, 3), dtype=np.float64)
    return result


def expanded(maps, shape):
    """Each cell of the pooled maps in every place that it stands for."""
    size = -(-shape[2] // maps.shape[2])
    return maps.repeat(size, 2).repeat(size, 3)[:, :, :shape[2], :shape[3]]


def overlap(full, stored, count):
    def nearest(points):
        found = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(points).kneighbors(points[:QUERIES], return_distance=False)
        return [[row for row in rows if row != query][:count] for query, rows in enumerate(found)]
    return float(np.mean([len(set(a) & set(b)) / count for a, b in zip(nearest(full), nearest(stored))]))


def directions(points):
    left, values, _ = linalg.svd(points - points.mean(0), full_matrices=False)
    explained = np.cumsum(values**2) / np.sum(values**2)
    return left[:, :min(int(np.searchsorted(explained, 0.99 - 1e-13)) + 1, ROWS // ROWS_PER_DIRECTION)]


def similarity(full, stored):
    return float(np.cos(linalg.subspace_angles(directions(full), directions(stored))).mean())


def errors(full, stored, deviation):
    finite = np.isfinite(full) & np.isfinite(stored)
    error = np.abs(stored.astype(np.float64) - full)[finite]
    share = (np.abs(stored.astype(np.float64) - full) / deviation)[finite]
    return {"greatest": error.max(), "mean": error.mean(), "greatestShare": share.max(), "meanShare": share.mean(),
            "lost": int((~finite & (full != stored) & ~(np.isnan(full) & np.isnan(stored))).sum())}


def case(name, full, stored, table=False):
    flat = lambda array: array.reshape(ROWS, -1).astype(np.float64)
    given = expanded(stored, full.shape) if full.ndim == 4 else stored
    if table:
        deviation = full.std(0)
        points = [(array - full.mean(0)) / deviation for array in (full, stored)]
    else:
        deviation = flat(full)[np.isfinite(flat(full))].std()
        points = [flat(full), flat(stored)]
    result = {"name": name, **{key: float(value) for key, value in errors(flat(full), flat(given), deviation).items()}}
    if all(np.isfinite(array).all() for array in points):
        result["neighbours"] = overlap(*points, ROWS // ROWS_PER_DIRECTION)
        result["similarity"] = similarity(*points)
    return result


def main():
    random = np.random.default_rng(15)
    full = clusters(random, 24).astype(np.float32)
    maps = np.maximum(0, clusters(random, 3 * 5 * 5).reshape(ROWS, 3, 5, 5)).astype(np.float32)
    table = clusters(random, 5) * [1, 1e-3, 1e6, 50, 7] + [0, 5, -3e6, 0, 1]
    gaps = full.copy()
    gaps[7, 3], gaps[9, 4] = np.nan, np.inf
    gaps_stored = full.astype(np.float16).astype(np.float32)
    gaps_stored[7, 3], gaps_stored[11, 0] = np.nan, np.inf
    arrays = {"full": full, "half": full.astype(np.float16).astype(np.float32), "bins3": bins(full, 3), "bins4": bins(full, 4),
              "maps": maps, "pool2": pooled(maps, 2), "pool5": pooled(maps, 5), "table": table,
              "tableBins": np.stack([bins(column.astype(np.float32), 3) for column in table.T], 1).astype(np.float64),
              "gaps": gaps, "gapsStored": gaps_stored}
    cases = [case("half", full, arrays["half"]), case("bins3", full, arrays["bins3"]), case("bins4", full, arrays["bins4"]),
             case("pool2", maps, arrays["pool2"]), case("pool5", maps, arrays["pool5"]),
             case("tableBins", table, arrays["tableBins"], table=True), case("gapsStored", gaps, gaps_stored)]
    sources = ["full", "full", "full", "maps", "maps", "table", "gaps"]
    for entry, source in zip(cases, sources):
        entry["full"] = source
    folder = Path(__file__).parent
    np.savez_compressed(folder / "golden.npz", **arrays)
    versions = {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}
    (folder / "golden.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()

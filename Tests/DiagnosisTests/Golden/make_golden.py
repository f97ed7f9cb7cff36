#!/usr/bin/env python3
"""Makes golden.json with NumPy, SciPy and scikit-image, as an oracle for SVCCA, CORR, KNN and the visible difference of heat maps.

Run: python3 make_golden.py (needs numpy, scipy and scikit-image; the versions used are written into golden.json). Inputs are not in the
file: `mixture` makes them from a seed in integers, and so does the Swift test, to the last bit. Singular vectors are those of LAPACK's SVD in
float64, and canonical correlations the cosines of SciPy's angles between subspaces, which are found by another way than ours.
"""
import json
from pathlib import Path

import numpy as np
import scipy
import skimage
from scipy import linalg, spatial, stats
from skimage import color

VIRIDIS = ["440154", "472D7B", "3B528B", "2C728E", "21918C", "28AE80", "5EC962", "ADDC30", "FDE725"]


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        return mixed ^ (mixed >> 31)


def mixture(seed, rows, columns, factors):
    """Factors of falling weight in small integers, and noise: exact in float32."""
    random = SplitMix64(seed)
    draw = lambda count: np.array([random.next() % 17 for _ in range(count)], dtype=np.int64) - 8
    scores = draw(rows * factors).reshape(rows, factors) * np.arange(factors, 0, -1)
    loadings = draw(factors * columns).reshape(factors, columns)
    noise = draw(rows * columns).reshape(rows, columns)
    return (scores @ loadings + 4 * noise) / 64


def directions(matrix, variance, limit):
    left, values, _ = linalg.svd(matrix - matrix.mean(0), full_matrices=False)
    explained = np.cumsum(values**2) / np.sum(values**2)
    rank = int(np.sum(values**2 > 1e-10 * values[0] ** 2))
    count = min(int(np.searchsorted(explained, variance - 1e-13)) + 1, rank, limit or len(values))
    return left[:, :count]


def svcca():
    cases = []
    for seed, rows, first, second, factors in [(1, 60, 200, 5, 12), (2, 200, 30, 10, 6), (3, 90, 90, 40, 8), (4, 300, 64, 64, 20)]:
        x = mixture(seed, rows, first, factors)
        # Half of what the second shows is the first's.
        y = mixture(seed + 100, rows, second, 3) + x[:, :second] / 2
        for variance, limit in [(0.99, None), (0.9, None), (0.999, None), (0.99, 4)]:
            left, right = directions(x, variance, limit), directions(y, variance, limit)
            coefficients = np.sort(np.cos(linalg.subspace_angles(left, right)))[::-1]
            cases.append({"seed": seed, "rows": rows, "firstColumns": first, "secondColumns": second, "factors": factors,
                          "variance": variance, "limit": limit, "firstDirections": left.shape[1], "secondDirections": right.shape[1],
                          "coefficients": coefficients.tolist()})
    return cases


def neighbours():
    cases = []
    for seed, rows, columns, count in [(11, 300, 40, 50), (12, 2500, 7, 10), (13, 120, 1500, 5)]:
        x = mixture(seed, rows, columns, 5)
        queries = [0, 7, rows // 2, rows - 1, 20, 21, 22, 23, 24, 25]
        squares = spatial.distance.cdist(x[queries], x, "sqeuclidean")
        squares[np.arange(len(queries)), queries] = np.inf
        nearest = np.argsort(squares, axis=1, kind="stable")[:, :count]
        distances = np.sqrt(np.take_along_axis(squares, nearest, 1))
        cases.append({"seed": seed, "rows": rows, "columns": columns, "count": count, "queries": queries,
                      "neighbours": nearest.tolist(), "distances": distances.tolist()})
    return cases


def correlations():
    x = mixture(21, 80, 12, 4)
    # Gaps, as the Swift test makes them.
    for row in range(80):
        for column in range(12):
            if (row * 7 + column * 5) % 11 == 0:
                x[row, column] = np.nan
    answer = []
    for column in range(1, 12):
        pairs = ~np.isnan(x[:, 0]) & ~np.isnan(x[:, column])
        answer.append([float(stats.pearsonr(x[pairs, 0], x[pairs, column]).statistic), int(pairs.sum())])
    return answer


def colours():
    stops = np.array([[int(stop[place : place + 2], 16) for place in (0, 2, 4)] for stop in VIRIDIS]) / 255

    def lab(places):
        positions = np.clip(places, 0, 1) * 8
        return color.rgb2lab(np.stack([np.interp(positions, np.arange(9), stops[:, channel]) for channel in range(3)], -1))

    reference = mixture(31, 10, 64, 4)
    other = reference + mixture(32, 10, 64, 4) / 16
    low, high = reference.min(), reference.max()
    places, others = (reference - low) / (high - low), (other - low) / (high - low)
    apart = color.deltaE_cie76(lab(places), lab(others))
    steps = np.linspace(0, 1, 100_001)
    length = color.deltaE_cie76(lab(steps[:-1]), lab(steps[1:]))
    return {"rootMeanSquare": float(np.sqrt(np.mean((others - places) ** 2))), "maximum": float(np.abs(others - places).max()),
            "visible": int((apart > 2.3).sum()), "nearlyVisible": float(np.abs(apart - 2.3).min()),
            "scaleLength": float(length.sum()), "leastSlope": float(length.min() * 1e5), "mostSlope": float(length.max() * 1e5)}


def main():
    golden = {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-image": skimage.__version__,
              "svcca": svcca(), "neighbours": neighbours(), "correlations": correlations(), "colours": colours()}
    (Path(__file__).parent / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()

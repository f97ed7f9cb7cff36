#!/usr/bin/env python3
"""Makes learners.json with scikit-learn, as an oracle for Scale, PCA and TrainElasticNet.

Run: python3 make_learners.py (needs numpy and scikit-learn; the versions used are written into learners.json). Tables are made here from a fixed
seed and are part of the file. All numbers are the hexadecimal bits of a float64, so that both sides start from the same values; null is a
missing value.
"""
import json, math, struct, warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

here = Path(__file__).parent
random = np.random.default_rng(20180610)


def bits(value):
    return None if value is None else struct.pack(">d", float(value)).hex()


def listed(values):
    return [bits(v) for v in values]


def table(x):
    return [listed(column) for column in x.T]


def scale_cases():
    rows = 101
    columns = {
        "plain": random.normal(3, 2, rows),
        "far": 3.4e7 + random.normal(0, 12_000, rows),
        "whole": random.integers(-40, 2_000, rows).astype(float),
        "constant": np.full(rows, 0.1),
        "barely": 2015 + 1e-12 * random.integers(0, 2, rows),
        "tiny": 1e-20 * random.normal(0, 1, rows),
        "skewed": np.exp(random.normal(0, 3, rows)),
        "single": np.full(rows, np.nan),
    }
    columns["plain"][[0, 7, 50]] = np.nan
    columns["skewed"][90:] = np.nan
    columns["single"][13] = 5
    x = np.column_stack(list(columns.values()))
    scaled = {}
    for name, scaler in [("standard", StandardScaler()), ("minmax", MinMaxScaler()), ("robust", RobustScaler())]:
        y = scaler.fit_transform(x)
        scaled[name] = [[bits(None if math.isnan(v) else v) for v in column] for column in y.T]
    return {"names": list(columns), "columns": [[bits(None if math.isnan(v) else v) for v in column] for column in x.T], "scaled": scaled}


def signed(component):
    largest = np.abs(component).max()
    leading = next(v for v in component if abs(v) >= largest * (1 - 1e-9))
    return component if leading > 0 else -component


def pca_cases():
    wide = random.normal(0, 1, (12, 20))
    mixed = random.normal(0, 1, (160, 4)) @ random.normal(0, 1, (4, 7)) + 0.2 * random.normal(0, 1, (160, 7)) + 40
    units = mixed * np.array([1, 10, 0.1, 300, 1, 2, 0.01])
    opposed = np.column_stack([mixed[:, 0], -mixed[:, 0], mixed[:, 1]])
    cases = []
    for name, x, count, whiten, standardize in [
        ("mixed", mixed, 3, False, False), ("all components", mixed, 7, False, False), ("whitened", mixed, 5, True, False),
        ("standardised", units, 4, False, True), ("standardised and whitened", units, 7, True, True), ("more columns than rows", wide, 9, False, False),
        ("a tie of opposite signs", opposed, 1, False, False),
    ]:
        data = StandardScaler().fit_transform(x) if standardize else x
        pca = PCA(count, whiten=whiten, svd_solver="full").fit(data)
        components = np.array([signed(c) for c in pca.components_])
        scores = (data - pca.mean_) @ components.T
        ours = pca.transform(data)
        if whiten:
            scores /= np.sqrt(pca.explained_variance_)
        assert np.allclose(np.abs(scores), np.abs(ours), rtol=1e-8, atol=1e-10)
        cases.append({"name": name, "columns": table(x), "components": count, "whiten": whiten, "standardize": standardize,
                      "variances": listed(pca.explained_variance_), "loadings": [listed(c) for c in components], "scores": table(scores)})
    return cases


def zillow(rows):
    """Columns with the units of the Zillow files: coordinates in millionths of a degree, years, dollars, counts, flags."""
    latitude = np.round(3.4e7 + random.normal(0, 240_000, rows))
    longitude = np.round(-1.182e8 - 0.6 * (latitude - 3.4e7) + random.normal(0, 300_000, rows))
    year = np.round(random.normal(1968, 23, rows))
    tax = np.round(np.exp(random.normal(12.9, 0.8, rows)))
    bill = tax * 0.0125 + random.normal(0, 300, rows)
    rooms = random.integers(0, 9, rows).astype(float)
    flag = (random.random(rows) < 0.02).astype(float)
    x = np.column_stack([latitude, longitude, year, tax, bill, rooms, flag])
    y = 0.01 + 2e-8 * (latitude - 3.4e7) + 1e-4 * (year - 1968) + 3e-8 * tax + 0.002 * rooms + 0.03 * flag + random.normal(0, 0.05, rows)
    return x, y


def net_cases():
    plain = random.normal(0, 1, (120, 6)) @ (np.eye(6) + 0.3 * random.normal(0, 1, (6, 6)))
    plain_y = plain @ np.array([2, -1, 0, 0.5, 0, 3]) + 4 + 0.3 * random.normal(0, 1, 120)
    constant = np.column_stack([plain[:, :2], np.full(120, 7.3), np.zeros(120), plain[:, 2]])
    duplicate = np.column_stack([plain[:, 0], plain[:, 0], plain[:, 1], 2 * plain[:, 1], plain[:, 3]])
    wide = random.normal(0, 1, (15, 40))
    wide_y = wide[:, 3] * 2 - wide[:, 10] + 0.1 * random.normal(0, 1, 15)
    zx, zy = zillow(400)
    cases = []
    for name, x, y in [("plain", plain, plain_y), ("constant columns", constant, plain_y), ("more features than rows", wide, wide_y), ("zillow", zx, zy)]:
        for normalize in [False, True]:
            for alpha, ratio in [(1e-3, 0.5), (0.1, 1.0), (0.05, 0.0), (0.3, 0.7), (5.0, 0.2), (1e3, 1.0)]:
                if name == "zillow" and not normalize and ratio == 0.0:
                    alpha = 1.0
                cases.append((name, x, y, normalize, alpha, ratio, 1e-10))
    # Which of two equal columns is taken is open with an l1 penalty alone: with both penalties it is not.
    for normalize in [False, True]:
        cases += [("duplicate columns", duplicate, plain_y, normalize, 0.01, 0.5, 1e-12), ("duplicate columns", duplicate, plain_y, normalize, 0.2, 0.0, 1e-12)]
    cases.append(("without a penalty", plain, plain_y, True, 0.0, 0.5, 1e-12))
    result, tables = [], {}
    for name, x, y, normalize, alpha, ratio, tol in cases:
        tables[name] = {"columns": table(x), "target": listed(y)}
        net = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=tol, max_iter=100_000)
        data = StandardScaler().fit_transform(x) if normalize else x
        scaler = StandardScaler().fit(x)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            net.fit(data, y)
        converged = not any("onverge" in str(w.message) and "duality gap" in str(w.message).lower() for w in caught)
        w = net.coef_ / scaler.scale_ if normalize else net.coef_
        b = net.intercept_ - (w @ scaler.mean_ if normalize else 0)
        residual = y - x @ w - b
        objective = residual @ residual / (2 * len(y)) + alpha * ratio * np.abs(net.coef_).sum() + alpha * (1 - ratio) / 2 * (net.coef_ @ net.coef_)
        result.append({"table": name, "normalize": normalize, "alpha": alpha, "l1_ratio": ratio, "tol": tol, "converged": converged,
                       "coefficients": listed(w), "intercept": bits(b), "objective": bits(objective)})
        print(name, normalize, alpha, ratio, "sweeps", net.n_iter_, "gap", net.dual_gap_, "converged", converged)
    return {"tables": tables, "cases": result}


def main():
    golden = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scale": scale_cases(), "pca": pca_cases(), "elastic_net": net_cases()}
    (here / "learners.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")


main()

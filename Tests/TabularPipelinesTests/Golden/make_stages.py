#!/usr/bin/env python3
"""Makes stages.json: random tables through random stages, and what pandas, scikit-learn and Python's decimals make of them.

Run: python3 make_stages.py (needs numpy, pandas and scikit-learn; the versions used are written into the file). Numbers are the hexadecimal bits of a
float64, so that both sides start from the same values; a missing value is null. "fit" is the table that a stage is fitted to, "other" one that it is
applied to afterwards. Where a table leaves the range in which scikit-learn's squares are safe, its columns are divided by a power of two before and
multiplied after, which rounds nothing. "error" stands for tables that a stage must refuse.
"""
import json, math, random, struct, warnings
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

here = Path(__file__).parent
random.seed(20261127)
warnings.simplefilter("ignore")
NAN, INF = float("nan"), float("inf")
EXACT = Context(prec=1200, Emax=10**6, Emin=-(10**6))
FLOATS = ("float64", "float32")


def bits(value):
    return None if value is None else struct.pack(">d", float(value)).hex()


def plain(values, kind):
    return [bits(v) for v in values] if kind in FLOATS else values


def written(table):
    return [[name, kind, plain(values, kind)] for name, kind, values in table]


# ---- Decimals


def quantized(value, decimals):
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)


def nearest_float32(exact):
    """Of the float32 around it the nearest, of two the even one."""
    near = np.float32(float(exact))
    around = [np.nextafter(near, np.float32(-INF)), near, np.nextafter(near, np.float32(INF))]
    finite = [v for v in around if np.isfinite(v)]
    return min(finite, key=lambda v: (abs(Fraction(float(v)) - Fraction(exact)), int(v.view(np.uint32)) & 1))


def decimals():
    cases = [(2014002618.2, 15), (2.675, 2), (1.005, 2), (0.5, 0), (-0.5, 0), (1.5, 0), (2.5, 0), (0.49999999999999994, 0), (-2.5, 0), (1e300, 15),
             (1e22, 0), (4503599627370497.5, 0), (4503599627370496.5, 0), (-4503599627370497.5, 0), (9007199254740991.0, 0), (5e-324, 15),
             (-1e-20, 3), (0.1, 15), (123456789.123456789, 6), (8.5e-16, 15), (5e-16, 15), (1.7976931348623157e308, 4)]
    while len(cases) < 420:
        places = random.randint(0, 15)
        shape = random.randrange(6)
        if shape == 0:
            value = random.uniform(-1, 1) * 10 ** random.uniform(-8, 16)
        elif shape == 1:  # written with few decimals
            value = round(random.uniform(-1e6, 1e6), random.randint(0, 8))
        elif shape == 2:  # a tie, as far as binary numbers have it
            value = (random.randint(0, 10**6) + 0.5) / 10**places
        elif shape == 3:  # an exact tie
            value = random.randint(-10**6, 10**6) / 2 ** random.randint(1, 12)
        elif shape == 4:
            value = float(np.float32(random.uniform(-1, 1) * 10 ** random.uniform(-4, 7)))
        else:  # where units of the last decimal and of the number meet
            value = random.uniform(0.5, 4) * 2**53 / 10**places
        cases.append((value, places))
    result = []
    for value, places in cases:
        exact = quantized(value, places)
        single = np.float32(value)
        rounded = None if not np.isfinite(single) else bits(nearest_float32(quantized(float(single), places)) + np.float32(0))
        result.append([bits(value), places, bits(float(exact) + 0.0), rounded])
    return result


# ---- Tables


def column(kind, rows, magnitude=0, gaps=0.15, specials=True):
    def number():
        return random.choice([random.gauss(0, 1), random.randint(-8, 8) / 4, random.randint(-3, 3)]) * 2.0**magnitude
    values = []
    for _ in range(rows):
        if random.random() < gaps:
            values.append(None)
        elif kind == "float64":
            values.append(random.choice([NAN, INF, -INF, -0.0]) if specials and random.random() < 0.1 else float(number()))
        elif kind == "float32":
            values.append(NAN if specials and random.random() < 0.1 else float(np.float32(number())))
        elif kind == "int64":
            values.append(random.choice([random.randint(-5, 5), random.randint(-(10**6), 10**6)]))
        elif kind == "boolean":
            values.append(random.random() < 0.4)
        elif kind == "date":
            values.append(random.choice([0, -1, 16861, random.randint(-30000, 30000)]))
        else:
            values.append(random.choice(["", "a", "b", "B", "caf\u00e9", "cafe\u0301", "\U0001F3E0", "x,y", " a"]))
    return values


def tables(kinds, magnitude=0, gaps=0.15, specials=True):
    rows = random.choice([0, 1, 2, 3, 8, 12])
    names = [f"c{place}" for place in range(len(kinds))]
    return [[(n, k, column(k, count, magnitude, gaps, specials)) for n, k in zip(names, kinds)] for count in (rows, random.choice([0, 1, 5]))]


def is_gap(value):
    return value is None or (isinstance(value, float) and math.isnan(value))


# ---- Stages


def fill(strategy):
    kinds = [random.choice(["float64", "float32", "int64"]) for _ in range(3)]
    if strategy == "most_frequent":
        kinds += ["text", "boolean", "date"]
    fit, other = tables(kinds)
    # Sums of few binary digits, so that every order of adding gives the same bits.
    quarter = lambda k, v: v if v is None or k not in FLOATS or not math.isfinite(v) else round(v * 4) / 4
    fit, other = ([(n, k, [quarter(k, v) for v in c]) for n, k, c in t] for t in (fit, other))
    outputs = []
    for table in (fit, other):
        output = []
        for (name, kind, learned), (_, _, values) in zip(fit, table):
            known = [v for v in learned if not is_gap(v) and not (isinstance(v, float) and math.isinf(v))]
            has_gap = any(is_gap(v) for v in learned)
            if not has_gap:
                output.append((name, kind, values))
                continue
            if not known:
                value = {"text": "0", "boolean": False, "date": None}.get(kind, 0)
            elif strategy == "most_frequent":
                counts = pd.Series(known, dtype=object).value_counts()
                best = [v for v in counts.index if counts[v] == counts.max()]
                value = min(best, key=lambda v: v.encode() if isinstance(v, str) else v)
                value = value + 0.0 if isinstance(value, float) else value
            else:
                series = pd.Series(known, dtype=np.float64)
                value = float(series.mean() if strategy == "mean" else series.median())
                if kind == "float32":
                    value = float(np.float32(value))
                if kind == "int64" and value.is_integer():
                    value = int(value)
            if value is None:
                output.append((name, kind, values))
                continue
            widened = "float64" if kind == "int64" and isinstance(value, float) else kind
            output.append((name, widened, [value if is_gap(v) else v for v in values]))
        outputs.append(output)
    return ("FillNA", {"strategy": strategy}, fit, other, *outputs, 0)


def in_range(values):
    """The values divided by a power of two, and its exponent."""
    finite = [abs(v) for v in values if math.isfinite(v) and v != 0]
    power = math.frexp(max(finite))[1] if finite else 0
    return [math.ldexp(v, -power) if math.isfinite(v) else v for v in values], power


def scale(method):
    magnitude = random.choice([0, 0, 0, -900, -600, 600, 900])
    fit, other = tables([random.choice(["float64", "int64"] + (["float32"] if magnitude == 0 else [])) for _ in range(2)], magnitude,
                        specials=random.random() < 0.3)
    other = [(n, k, [v if v is None or not isinstance(v, float) or not math.isinf(v) else 1.0 for v in c]) for n, k, c in other]
    if any(isinstance(v, float) and math.isinf(v) for _, _, c in fit for v in c):
        return ("Scale", {"method": method}, fit, other, "error", "error", 0)
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}[method]
    outputs = [[], []]
    for (name, kind, learned), (_, _, later) in zip(fit, other):
        both, power = in_range([NAN if v is None else float(v) for v in learned + later])
        data, more = both[:len(learned)], both[len(learned):]
        known = [v for v in data if not math.isnan(v)]
        if known:
            fitted = scaler().fit(np.array(data).reshape(-1, 1))
            # What has no spread is divided by 1, in its own unit.
            spread = {"standard": lambda: fitted.var_[0], "minmax": lambda: fitted.data_range_[0], "robust": lambda: np.ptp(np.percentile(known, [25, 75]))}
            size = 2.0**power if spread[method]() < 1e-25 else 1.0
            transform = lambda x: fitted.transform(np.array(x).reshape(-1, 1))[:, 0] * size if len(x) else []
            scaled = [transform(data), transform(more)]
        else:
            scaled = [[NAN] * len(data), [NAN] * len(more)]
        for output, original, found in zip(outputs, (learned, later), scaled):
            # Without anything learned all but a NaN is missing.
            output.append((name, "float64", [None if v is None or (not known and not is_gap(v)) else float(s) for v, s in zip(original, found)]))
    return ("Scale", {"method": method}, fit, other, *outputs, 1e-11)


def average(by):
    fit, other = tables([by, random.choice(["float64", "int64", "boolean"])])
    frame = pd.DataFrame({"k": pd.Series(fit[0][2], dtype=object), "v": pd.Series([NAN if v is None else float(v) for v in fit[1][2]], dtype=np.float64)})
    groups = {}
    for key, value in zip(frame["k"], frame["v"]):
        if key is not None and not math.isnan(value):
            groups.setdefault(key, []).append(value)
    means = {key: pd.Series(values).mean() for key, values in groups.items()}
    outputs = []
    for table in (fit, other):
        values = [means.get(k) if k is not None else None for k in table[0][2]]
        outputs.append(table + [("c1_avg_by_c0", "float64", [None if v is None or math.isnan(v) else float(v) for v in values])])
    return ("Avg", {"columns": ["c1"], "by": "c0"}, fit, other, *outputs, 1e-14)


def encode():
    kind = random.choice(["text", "int64", "boolean", "date"])
    fit, other = tables([kind, "int64"])
    text = lambda v: {True: "true", False: "false"}[v] if kind == "boolean" else str(np.datetime64(v, "D")) if kind == "date" else str(v)
    categories = sorted({v for v in fit[0][2] if v is not None}, key=lambda v: v.encode() if kind == "text" else v)
    outputs = [[(f"c0_{text(c)}", "boolean", [v is not None and v == c for v in table[0][2]]) for c in categories] + [table[1]] for table in (fit, other)]
    if kind != "text":  # two texts that only look equal are one to get_dummies' column index and to nobody else
        dummies = pd.get_dummies(pd.Series(fit[0][2], dtype=object))
        assert len(dummies.columns) == len(categories)
    return ("OneHotEncoding", {"columns": ["c0"]}, fit, other, *outputs, 0)


def join(how):
    kind = random.choice(["text", "int64", "boolean", "date"])
    (left, _), (right, _) = tables([kind, "float64"]), tables([kind, "int64"])
    left = [("a", kind, left[0][2]), ("l", "float64", left[1][2])]
    keys, values, seen = [], [], set()
    for key, value in zip(right[0][2], right[1][2]):
        if key not in seen:
            seen.add(key)
            keys.append(key)
            values.append(value)
    right = [("b", kind, keys), ("r", "int64", values)]
    lookup = {k: v for k, v in zip(keys, values) if k is not None}
    rows = [row for row, key in enumerate(left[0][2]) if how == "left" or key in lookup]
    merged = pd.DataFrame({"a": pd.Series(left[0][2], dtype=object), "row": range(len(left[0][2]))}).dropna().merge(
        pd.DataFrame({"b": pd.Series(list(lookup), dtype=object)}), left_on="a", right_on="b")
    assert how == "left" or sorted(merged["row"]) == rows
    output = [(n, k, [c[r] for r in rows]) for n, k, c in left] + [("r", "int64", [lookup.get(left[0][2][r]) if left[0][2][r] is not None else None for r in rows])]
    return ("Join", {"left_key": "a", "right_key": "b", "how": how}, left, right, output, None, 0)


def components():
    magnitude = random.choice([0, 0, 100, -100])
    width = random.choice([2, 3, 4])
    rows = random.choice([6, 10])
    mix = np.array([[random.gauss(0, 1) for _ in range(width)] for _ in range(width)])
    make = lambda count: np.array([[random.gauss(0, 1 + 2 * c) for c in range(width)] for _ in range(count)]) @ mix + 3
    fit, other = make(rows), make(4)
    standardize, whiten = random.random() < 0.5, random.random() < 0.5
    scaler = StandardScaler().fit(fit) if standardize else None
    change = scaler.transform if scaler else lambda x: x
    count = random.randint(1, width)
    pca = PCA(count, svd_solver="full").fit(change(fit))
    loadings = []
    for component in pca.components_:
        largest = np.abs(component).max()
        loadings.append(component if next(v for v in component if abs(v) >= largest * (1 - 1e-9)) > 0 else -component)
    size = 1.0 if standardize or whiten else 2.0**magnitude
    def scores(x):
        found = (change(x) - pca.mean_) @ np.array(loadings).T * size
        return found / np.sqrt(pca.explained_variance_) if whiten else found
    def table(x):
        return [(f"c{c}", "float64", [float(v) * 2.0**magnitude for v in x[:, c]]) for c in range(width)]
    def out(x):
        return [(f"pc{c + 1}", "float64", [float(v) for v in scores(x)[:, c]]) for c in range(count)]
    return ("PCA", {"components": count, "standardize": standardize, "whiten": whiten}, table(fit), table(other), out(fit), out(other), 1e-8)


def main():
    makers = [lambda s=s: fill(s) for s in ("mean", "median", "most_frequent")] * 2 + [lambda m=m: scale(m) for m in ("standard", "minmax", "robust")] * 2
    makers += [lambda b=b: average(b) for b in ("text", "int64", "boolean", "date")] + [encode, encode] + [lambda h=h: join(h) for h in ("left", "inner")] * 2
    makers += [components, components]
    cases = []
    for round_number in range(11):
        for make in makers:
            stage, parameters, fit, other, fitted, applied, tolerance = make()
            cases.append({"stage": stage, "parameters": parameters, "fit": written(fit), "other": written(other), "tolerance": tolerance,
                          "fitted": fitted if fitted == "error" else written(fitted),
                          "applied": applied if applied is None or applied == "error" else written(applied)})
    golden = {"numpy": np.__version__, "pandas": pd.__version__, "scikit-learn": sklearn.__version__, "decimals": decimals(), "cases": cases}
    (here / "stages.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(len(cases), "cases")


main()

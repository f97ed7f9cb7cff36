#!/usr/bin/env python3
"""Makes columns.json: a hostile table and what pandas and scikit-learn make of its columns, as an oracle for the column transformers.

Run: python3 make_columns.py (needs pandas and scikit-learn; the versions used are written into the file). "fit" is the table that is fitted;
"other" has the same columns, further rows, and values that were not seen. Floating-point numbers are written as the hexadecimal bits of a float64,
a missing value as null. NaN and missing are one to pandas and two to Mistique, which is why both stand in the table. Numbers that are added
are multiples of 1/4, so that every order of adding gives the same bits; only "noise" is not, and is compared within a tolerance.
"""
import json, math, random, struct
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

here = Path(__file__).parent
random.seed(11)
ROWS = 120
NAN, INF = float("nan"), float("inf")
TYPES = {
    "city": "text", "label": "text", "code": "int64", "flag": "boolean", "day": "date", "lot": "float64", "small": "float32", "noise": "float64",
    "rooms": "int64", "half": "float64", "empty": "float64", "no_text": "text", "whole": "int64", "latitude": "float64", "longitude": "int64",
    "yearbuilt": "int64", "landuse": "int64",
}


def make(seen):
    pick = random.choice
    # The accented texts are canonically equivalent and different. U+FF21 comes after the emoji in UTF-16 and before them as a scalar.
    cities = ["Los Angeles", "", "été", "e\u0301te\u0301", "🏠", "👩‍👩‍👧", "Zed", "\uff21", "a,b", None] + ([] if seen else ["Nowhere", "🏚"])
    rows = []
    for row in range(ROWS if seen else 40):
        rows.append({
            "city": pick(cities),
            "label": pick(cities),
            "code": pick([-7, 0, 3, 3, 12, 2**62, None] + ([] if seen else [99, -(2**63)])),
            "flag": pick([True, False, False, None]),
            "day": pick([-719162, 0, 16861, 16861, 17000, None] + ([] if seen else [1])),
            "lot": pick([None, NAN, INF, -INF, 0.0, -0.0] + [random.randint(-4000, 4000) / 4 for _ in range(10)]),
            "small": pick([None, NAN, INF, 0.25, 0.5, -2.0, 8.0]),
            "noise": pick([None, NAN]) if row % 9 == 0 else random.uniform(-1e6, 1e6),
            "rooms": None if row % 10 == 3 else random.randint(-5, 9),
            "half": pick([0.5, 0.5, 1.5, 1.5, -2.5, None, NAN]) if seen else pick([0.5, 7.5, INF, None]),
            "empty": pick([None, NAN]),
            "no_text": None,
            "whole": random.randint(-100, 100),
            "latitude": pick([None, NAN, INF, 1e300, -0.5, 34_000_000.0, 9_999.75, 10_000.0, -10_000.0, -10_000.25, random.uniform(-5e4, 5e4)]),
            "longitude": pick([None, -118_000_000, 9_999, -1, 0, random.randint(-30_000, 30_000)]),
            "yearbuilt": pick([None, 1955, 2016, 2030, 0, -(2**62)]),
            "landuse": pick([None, 31, 46, 246, 261, 261, 266, 267, 270, 275, 291]),
        })
    # rooms: the mean is a half, which makes the column float64.
    if seen:
        numbers = [r["rooms"] for r in rows if r["rooms"] is not None]
        adjust = next(r for r in rows if r["rooms"] is not None)
        adjust["rooms"] += -sum(numbers) - len(numbers) // 2
        assert len(numbers) % 2 == 0
    return {name: [r[name] for r in rows] for name in TYPES}


def bits(value):
    return struct.pack(">d", float(value)).hex()


def plain(values, kind):
    if kind in ("float64", "float32"):
        return [None if v is None else bits(v) for v in values]
    return [None if v is None else v if kind == "text" else bool(v) if kind == "boolean" else int(v) for v in values]


def series(table, name):
    """As pandas sees it: missing and NaN are one."""
    if TYPES[name].startswith("float"):
        return pd.Series([NAN if v is None else v for v in table[name]], dtype=np.float64)
    if TYPES[name] == "text":
        return pd.Series(table[name], dtype=object)
    return pd.Series(table[name], dtype={"int64": "Int64", "date": "Int64", "boolean": "boolean"}[TYPES[name]])


def learned(table, name, strategy):
    """The value that SimpleImputer fills with; it refuses infinities, so they are taken out. None: there is nothing to learn from."""
    kind = TYPES[name]
    values = [v for v in table[name] if v is not None and not (isinstance(v, float) and not math.isfinite(v))]
    if not values:
        return None
    data = np.array([[v] for v in values] + [[None]], dtype=object)
    if strategy != "most_frequent":
        data = np.array([[float(v)] for v in values] + [[NAN]])
    missing = None if strategy == "most_frequent" else NAN
    value = SimpleImputer(strategy=strategy, missing_values=missing).fit(data).statistics_[0]
    # 0 and -0 are one value; the imputer gives the one it met first, Mistique 0.
    return value + 0.0 if isinstance(value, float) else value


def filled(table, name, value):
    """A column of integers becomes float64 when the value is no whole number, as in pandas."""
    kind = "float64" if isinstance(value, float) and not value.is_integer() else TYPES[name]
    return plain([value if v is None or (isinstance(v, float) and math.isnan(v)) else v for v in table[name]], kind)


def fill(fit, other):
    result = {}
    numbers = ["lot", "small", "noise", "rooms", "half", "empty"]
    plan = {"mean": numbers, "median": numbers, "most_frequent": numbers + ["city", "code", "flag", "day"]}
    for strategy, names in plan.items():
        # "value" is 3 for columns with nothing to learn from.
        values = {name: learned(fit, name, strategy) for name in names}
        values = {name: 3 if value is None else value for name, value in values.items()}
        result[strategy] = {side: {name: filled(table, name, values[name]) for name in names} for side, table in [("fit", fit), ("other", other)]}
    constants = {"city": "0", "code": 0, "flag": False, "lot": 0, "small": 0, "noise": 0, "rooms": 0, "half": 0, "empty": 0, "no_text": "0",
                 "latitude": 0, "longitude": 0, "yearbuilt": 0, "landuse": 0}
    result["constant"] = {side: {name: filled(table, name, value) for name, value in constants.items()}
                          for side, table in [("fit", fit), ("other", other)]}
    return result


def category_text(value, kind):
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "date":
        return str((np.datetime64("1970-01-01") + np.timedelta64(int(value), "D")))
    return str(value)


def encode(fit, other, limit):
    result = {}
    for name in ["label", "code", "flag", "day", "small", "empty"]:
        data = series(fit, name).dropna()
        counts = data.value_counts(sort=False)
        kept = sorted(sorted(counts.index, key=lambda v: (-counts[v], v))[:limit])
        columns = []
        if kept:
            texts = np.array([[category_text(v, TYPES[name])] for v in kept], dtype=object)
            ordered = sorted(texts[:, 0])
            encoder = OneHotEncoder(categories=[ordered], handle_unknown="ignore", sparse_output=False, dtype=bool).fit(texts)
        for value in kept:
            text = category_text(value, TYPES[name])
            entry = {"name": f"{name}_{text}"}
            for side, table in [("fit", fit), ("other", other)]:
                asked = np.array([[None if pd.isna(v) else category_text(v, TYPES[name])] for v in series(table, name)], dtype=object)
                # A text that no category has stands for missing: the encoder cannot sort None among texts.
                asked[asked == None] = "\0missing"  # noqa: E711
                entry[side] = [bool(v) for v in encoder.transform(asked)[:, ordered.index(text)]]
            columns.append(entry)
        if limit >= len(counts):
            dummies = pd.get_dummies(data)
            assert list(dummies.columns) == kept, (name, list(dummies.columns), kept)
        result[name] = columns
    return result


def average(fit, other):
    result = {}
    for by in ["city", "code", "flag", "day"]:
        keys = series(fit, by)
        for name in ["lot", "small", "noise", "rooms", "flag", "empty"]:
            values = series(fit, name).astype("Float64").astype(np.float64) if TYPES[name] not in ("float64", "float32") else series(fit, name)
            means = values.groupby(keys, sort=False).mean()
            transformed = values.groupby(keys, sort=False).transform("mean")
            lookup = dict(zip(means.index, means))
            mapped = [lookup.get(k, NAN) if not pd.isna(k) else NAN for k in series(other, by)]
            result[f"{name}_avg_by_{by}"] = {
                side: [None if pd.isna(v) else bits(v) for v in column] for side, column in [("fit", transformed), ("other", mapped)]}
    return result


def neighborhood(fit, other):
    def cells(table):
        result = []
        for lat, lon in zip(series(table, "latitude"), series(table, "longitude")):
            if pd.isna(lat) or pd.isna(lon) or math.isinf(lat):
                result.append(None)
                continue
            y, x = math.floor(lat / 10_000), math.floor(lon / 10_000)
            fits = -(2**31) <= y < 2**31 and -(2**31) <= x < 2**31
            result.append(y * 2**32 + x % 2**32 if fits else None)
        return result
    counts = pd.Series(cells(fit), dtype="Int64").value_counts()
    return {side: {"neighborhood": cells(table), "neighborhood_size": [None if c is None else int(counts.get(c, 0)) for c in cells(table)]}
            for side, table in [("fit", fit), ("other", other)]}


def main():
    fit, other = make(True), make(False)
    residential = {246, 247, 248, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 271, 273, 274, 275, 276, 279}
    golden = {
        "pandas": pd.__version__, "scikit-learn": sklearn.__version__, "types": TYPES,
        "fit": {name: plain(fit[name], TYPES[name]) for name in TYPES}, "other": {name: plain(other[name], TYPES[name]) for name in TYPES},
        "fill": fill(fit, other), "encode_all": encode(fit, other, 100), "encode_3": encode(fit, other, 3), "average": average(fit, other),
        "neighborhood": neighborhood(fit, other),
        "recency": {side: [None if pd.isna(v) else int(v) for v in 2016 - series(table, "yearbuilt")] for side, table in [("fit", fit), ("other", other)]},
        "residential": {side: [None if pd.isna(v) else bool(v in residential) for v in series(table, "landuse")]
                        for side, table in [("fit", fit), ("other", other)]},
    }
    (here / "columns.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf-8")


main()

#!/usr/bin/env python3
"""Makes golden.json from hostile.csv and lookup.csv with pandas, as an oracle for the CSV reader, Join and SelectColumn.

Run: python3 make_golden.py (needs pandas; the versions used are written into golden.json). pandas decides what the files mean: quoting,
CRLF, missing values, numbers to the last bit (float_precision="round_trip") and which rows join. Columns are read with the types that the Swift
tests give; numbers are written as the hexadecimal bits of a float64, so that the comparison is exact.
"""
import csv, json, math, random, struct
from pathlib import Path

import numpy as np
import pandas as pd

here = Path(__file__).parent
random.seed(7)


def write_hostile():
    texts = ["plain", "with,comma", "with\nnewline", 'with "quotes"', '"', ",", "\r\n", "ünïcödé 東京", " padded ", "a'b", "x" * 300, None]
    numbers = ["0", "-0", "1.5", "-2.25e-3", "1e22", "1e-300", "123456789.123456789", "0.1", "9007199254740993.0", "4.9e-324",
               "1.7976931348623157e308", ".5", "5.", "+3", "0.30000000000000004", "2.2250738585072014e-308", None]
    with open(here / "hostile.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(["key", "text,with comma", "number", "flag", "day", "empty"])
        for row in range(120):
            number = random.choice(numbers) if row % 3 else repr(random.uniform(-1e6, 1e6) * 10 ** random.randint(-12, 12))
            key = "" if row % 17 == 5 else str(random.randint(-20, 20) * 10**random.choice([0, 0, 15]))
            flag = random.choice(["true", ""])
            day = random.choice(["2016-01-01", "2016-02-29", "1969-12-31", "2099-12-31", "1900-03-01", ""])
            text = random.choice(texts)
            writer.writerow([key, text, number, flag, day, ""])
    with open(here / "lookup.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "label", "weight"])
        keys = list(range(-20, 21, 2)) + [""]
        random.shuffle(keys)
        for key in keys:
            writer.writerow([key, f"label {key}", "" if key == 4 else key if key == "" else key * 0.1])


def bits(value):
    return None if value is None or pd.isna(value) else struct.pack(">d", float(value)).hex()


def plain(values, kind):
    convert = {
        "int": lambda v: int(v), "number": bits, "text": str, "flag": lambda v: True,
        "day": lambda v: (pd.Timestamp(v) - pd.Timestamp("1970-01-01")).days,
    }[kind]
    return [None if pd.isna(v) else convert(v) for v in values]


def main():
    write_hostile()
    hostile = pd.read_csv(here / "hostile.csv", dtype={0: "Int64", "key": "Int64", "text,with comma": str, "number": np.float64, "flag": str, "day": str},
                          float_precision="round_trip", keep_default_na=False, na_values=[""])
    lookup = pd.read_csv(here / "lookup.csv", dtype={"id": "Int64", "label": str, "weight": np.float64}, float_precision="round_trip",
                         keep_default_na=False, na_values=[""])
    golden = {"pandas": pd.__version__, "numpy": np.__version__}
    kinds = {"key": "int", "text,with comma": "text", "number": "number", "flag": "flag", "day": "day", "empty": "number"}
    golden["hostile"] = {name: plain(hostile[name], kind) for name, kind in kinds.items()}
    # pandas pairs missing keys with each other; Mistique, as SQL, pairs them with nothing.
    right = lookup.dropna(subset=["id"])
    for how in ["left", "inner"]:
        left = hostile.reset_index(names="row")
        joined = left.merge(right, left_on="key", right_on="id", how=how, validate="many_to_one").sort_values("row")
        golden[how] = {"row_id": [int(v) for v in joined["row"]], "key": plain(joined["key"], "int"), "label": plain(joined["label"], "text"),
                       "weight": plain(joined["weight"], "number"), "number": plain(joined["number"], "number")}
    (here / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf-8")


main()

"""What pandas reads from files with other separators, markers of missing values and only some of the columns. Writes csv_options.json."""

import io
import json

import pandas

CASES = [
    ("a;b;c\n1;NA;x\n2;2.5;NA\n;-;\"y;z\"\n", ";", ["NA", "-"], []),
    ("a\tb\n1\t-999\n-999\t2.5\n\t7\n", "\t", ["-999"], []),
    ("a,b,c,d\n1,\"x,\ny\",3,2016-01-01\n2,oops,,2016-02-29\n3,,5,\n", ",", [], ["d", "a"]),
    ("a|b|c\n1|2|n/a\nn/a|4|5\n", "|", ["n/a", "null"], ["a", "c"]),
]

cases = []
for text, separator, missing, columns in CASES:
    frame = pandas.read_csv(
        io.StringIO(text), sep=separator, na_values=missing, keep_default_na=False, usecols=columns or None, dtype=str, skip_blank_lines=True,
        na_filter=True)
    # Without default markers pandas keeps the empty field as an empty text, which here is missing.
    values = {name: [None if pandas.isna(v) or v == "" else v for v in frame[name]] for name in frame.columns}
    cases.append({"text": text, "separator": separator, "missing": missing, "columns": columns, "names": list(frame.columns), "values": values})
with open("csv_options.json", "w") as file:
    json.dump({"cases": cases}, file, indent=1)

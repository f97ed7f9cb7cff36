"""Random CSV files and what their columns hold, as an oracle for the types of the CSV reader. Writes csv_types.json.

What a field means is found out with re, decimal, datetime and float(), not with the reader's rules in code: a type holds a field when what it
gives back is the same number, day or time. The csv module must read the same fields from the text as were put into it.
"""

import base64
import csv
import datetime
import gzip
import io
import json
import random
import re
import struct
from decimal import Decimal

EPOCH = datetime.datetime(1970, 1, 1)
ORDER = ["int64", "float64", "boolean", "date", "timestamp", "text"]
POOLS = {
    "integer": ["0", "1", "-7", "42", "+5", "-0", "123456", "9007199254740992", "1000000000000000000"],
    "wide": ["9007199254740993", "9223372036854775807", "-9223372036854775808", "999999999999999999"],
    "huge": ["9223372036854775808", "11898508762506083287", "11898508762506083288", "18446744073709551616", "100000000000000000000", "1" + "0" * 30],
    "decimal": ["0.5", "-1.25", ".5", "5.", "7.0", "1e3", "6.1e+13", "-0.0", "2.5E-3", "0.1234567890123456789", "9007199254740993.0", "1e22",
                "123456789012345678901.5", "4.9e-324", "1.7976931348623157e308"],
    "range": ["1e400", "-1e309", "1e-400", "1e-324"],
    "word": ["nan", "NaN", "-nan", "inf", "-Infinity", "+INF"],
    "noword": ["nan(1)", "infinit", "nanx", "0x1F", "0x1p3", "1_000", "1e", "e5", "--1", "+", "-", ".", "1.2.3", "1e5.5", "\u0661", "\uff11", "1 "],
    "code": ["007", "-0012", "+0012", "02116", "00", "-00", "007.50", "00.5", "012e3", "0000000000000000001"],
    "boolean": ["true", "False", "TRUE"],
    "date": ["2016-02-29", "1969-12-31", "0001-01-01", "9999-12-31"],
    "nodate": ["2015-02-29", "2016-2-9", "2016-13-01", "2016/02/29", "20160229"],
    "time": ["2019-03-23 20:21:09", "2019-03-23T20:21:09", "1969-12-31 23:59:59.999999", "2019-03-23 20:21:09.5"],
    "notime": ["2019-03-23 20:21:09Z", "2019-03-23 24:00:00", "2019-03-23 20:21:60", "2019-03-23 20:21:09+01:00"],
    "text": ["x", "caf\u00e9", "cafe\u0301", "a b", "a,b", 'q"q', "l\nl", "tab\tx", "\u20ac", "\U0001f3e0"],
    "marked": ["-999", "-999.0", "-9.99e2", "NA", "-998.5", "-9985e-1"],
}
WELL = ["integer", "decimal", "boolean", "date", "time", "text", "wide", "word"]
NEAR = {"integer": ["decimal", "wide", "code", "huge"], "decimal": ["integer", "word", "wide", "range", "huge"], "word": ["decimal", "noword"],
        "wide": ["integer", "huge"], "date": ["time", "nodate"], "time": ["date", "notime"], "boolean": ["integer"], "text": ["integer", "code"]}


def number(text):
    """The exact value of a plain or decimal numeral without leading zeros, else None."""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) or re.match(r"[+-]?0[0-9]", text):
        return None
    return Decimal(text)


def is_integer(text):
    return re.fullmatch(r"[+-]?[0-9]+", text) is not None


def as_int64(text):
    value = number(text)
    if value is None or not is_integer(text) or not -(2**63) <= int(text) < 2**63:
        return None
    return str(int(text))


def as_float64(text):
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
        value = float(text)
    else:
        exact = number(text)
        if exact is None:
            return None
        value = float(text)
        if abs(value) == float("inf") or (value == 0) != (exact == 0) or (is_integer(text) and Decimal(value) != exact):
            return None
    return struct.pack(">d", value).hex()


def as_boolean(text):
    return text.lower() if text.lower() in ("true", "false") else None


def as_date(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return str((datetime.datetime.strptime(text, "%Y-%m-%d") - EPOCH).days)
    except ValueError:
        return None


def as_timestamp(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?", text) or text[17:19] > "59":
        return None
    try:
        value = datetime.datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    return str((value - EPOCH) // datetime.timedelta(microseconds=1))


HOLDS = {"int64": as_int64, "float64": as_float64, "boolean": as_boolean, "date": as_date, "timestamp": as_timestamp, "text": lambda text: text}


def is_marker(text, markers):
    return text in markers


def is_marked_number(text, markers):
    value = number(text)
    return value is not None and any(number(marker) == value for marker in markers)


def column(fields, markers):
    """Type and values of (text, is_quoted) fields."""
    types, any_value = set(ORDER), False
    for text, quoted in fields:
        if text == "" or (not quoted and is_marker(text, markers)):
            continue
        held = {name for name in ORDER if HOLDS[name](text) is not None}
        if not quoted and is_marked_number(text, markers):
            held |= {"int64", "float64"}
        else:
            any_value = True
        types &= held
    kind = next(name for name in ORDER if name in types) if any_value else "float64"
    values = []
    for text, quoted in fields:
        missing = text == "" and not (quoted and kind == "text") or (not quoted and is_marker(text, markers))
        missing = missing or (not quoted and kind in ("int64", "float64") and is_marked_number(text, markers))
        values.append(None if missing else HOLDS[kind](text))
    return kind, values


def field(draw, pools, trim, separator):
    quoted_empty, pool = draw.random() < 0.1, draw.choice(pools)
    if draw.random() < 0.15:
        return "", quoted_empty
    text = draw.choice(POOLS[pool])
    must = any(c in text for c in ('"', "\n", separator)) or (trim and text != text.strip(" \t"))
    return text, must or draw.random() < 0.2


def case(seed):
    draw = random.Random(seed)
    long = seed % 30 == 29
    count, rows = draw.randint(1, 2 if long else 5), draw.randint(1001, 1060) if long else draw.randint(0, 40)
    separator, trim, header = draw.choice([",", ",", ";", "\t"]), draw.random() < 0.25, draw.random() < 0.8
    markers = draw.choice([[], [], ["NA"], ["-999", "NA"], ["-998.5"]])
    table = []
    for _ in range(count):
        pools = draw.sample(WELL, 1)
        if draw.random() < 0.4:
            pools.append(draw.choice(NEAR[pools[0]]))
        if markers:
            pools.append("marked")
        if long:
            # What decides comes behind the sample.
            odd = draw.choice(NEAR[pools[0]])
            table.append([field(draw, [pools[0]], trim, separator) if row < 1000 or draw.random() < 0.9 else field(draw, [odd], trim, separator)
                          for row in range(rows)])
        else:
            table.append([field(draw, pools, trim, separator) for _ in range(rows)])
    names = [draw.choice(["n", "\u00e9", "e\u0301", "a b"]) + str(place) for place in range(count)]
    if count > 1 and draw.random() < 0.3:
        names[0], names[1] = "caf\u00e9", "cafe\u0301"
    blank = (lambda: draw.choice(["", "", " ", "  ", " \t"] if separator != "\t" else ["", " "])) if trim else (lambda: "")

    def written(text, quoted):
        return blank() + ('"' + text.replace('"', '""') + '"' if quoted else text) + blank()

    newline = draw.choice(["\n", "\r\n"])
    lines = [separator.join(written(name, False) for name in names)] if header else []
    for row in range(rows):
        lines.append(separator.join(written(*cells[row]) for cells in table))
    if not header and (rows == 0 or lines[0].strip(" \t") == ""):
        lines.insert(0, separator.join(["0"] * count))
        for cells in table:
            cells.insert(0, ("0", False))
    text = newline.join(lines) + (newline if count == 1 else draw.choice(["", newline]))
    if not trim:
        read = [record for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if record or count == 1]
        assert [[cell or "" for cell in (record or [""])] for record in read[1 if header else 0:]] == \
            [[cells[row][0] for cells in table] for row in range(len(table[0]))], seed
    encoding = draw.choice(["utf-8", "utf-8", "latin1", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
    if encoding == "latin1":
        try:
            text.encode("latin1")
        except UnicodeEncodeError:
            encoding = "utf-8"
    if encoding in ("utf-16-le", "utf-16-be") and (len(text) < 8 or sum(ord(c) < 256 for c in text[:2000]) * 2 < len(text[:2000])):
        encoding = "utf-16"
    data = text.encode(encoding)
    if draw.random() < 0.2:
        half = len(data) // 2
        data = gzip.compress(data, mtime=0) if draw.random() < 0.5 else gzip.compress(data[:half], mtime=0) + gzip.compress(data[half:], mtime=0)
    found = [column(cells, markers) for cells in table]
    return {
        "bytes": base64.b64encode(data).decode(), "encoding": {"utf-8-sig": "utf-8"}.get(encoding, encoding)[:6], "separator": separator,
        "missing": markers, "trim": trim, "header": header, "names": names if header else [f"c{place + 1}" for place in range(count)],
        "types": [kind for kind, _ in found], "values": [values for _, values in found],
    }


with open("csv_types.json", "w") as file:
    json.dump({"cases": [case(seed) for seed in range(300)]}, file, separators=(",", ":"))

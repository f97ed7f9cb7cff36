"""Reads CSV files with pandas and re-runs pipelines P2 and P9 with pandas, XGBoost and scikit-learn, to be timed in turn with ours.

    python pipelines.py FOLDER      (JSON lines: {"op": "version"}, {"op": "read_csv", ...}, {"op": "prepare", ...}, {"op": "rerun", ...})

FOLDER holds properties_2016.csv, train_2016_v2.csv and sample_submission.csv. What a pipeline has fitted is made or loaded by "prepare", untimed,
but for the booster: its file is read in every re-run, as ours is. Columns are those of P2.yaml and P9.yaml; predictions are compared by the asker.
"""
import json, struct, sys, time
from pathlib import Path

import numpy as np
import pandas as pd

from worker import serve, version

TEXTS = ["propertycountylandusecode", "propertyzoningdesc", "taxdelinquencyflag"]
MONTHS = ["201610", "201611", "201612", "201710", "201711", "201712"]
AVERAGED = ["lotsizesquarefeet", "calculatedfinishedsquarefeet", "taxvaluedollarcnt"]
ENCODED = ["airconditioningtypeid", "heatingorsystemtypeid", "propertylandusetypeid", "fips"]
ABSENT = """basementsqft decktypeid fireplacecnt fireplaceflag fullbathcnt garagecarcnt garagetotalsqft hashottuborspa poolcnt poolsizesum
pooltypeid10 pooltypeid2 pooltypeid7 yardbuildingsqft17 yardbuildingsqft26 taxdelinquencyyear""".split()
FLAGS = ["hashottuborspa", "fireplaceflag"]
# Numbers with decimals; all others are integers.
FRACTIONAL = """bathroomcnt calculatedbathnbr lotsizesquarefeet rawcensustractandblock structuretaxvaluedollarcnt taxvaluedollarcnt
landtaxvaluedollarcnt taxamount""".split()
CELL = 10_000


def numeric_types(frame):
    """The types that a frame was read with, of its numbers: to be told to the next reading of the file."""
    return {name: frame[name].dtype for name in frame.columns if frame[name].dtype.kind in "iuf"}


def fastest(candidates, run):
    """The candidate that takes least, each being run twice and the first run not counted."""
    times = []
    for candidate in candidates:
        run(candidate)
        start = time.perf_counter()
        run(candidate)
        times.append(time.perf_counter() - start)
    return candidates[int(np.argmin(times))]


def digest(frame):
    """What tells whether two readers read the same: of every column how many values are there, of numbers and booleans their sum."""
    columns = []
    for name in frame.columns:
        present = frame[name].dropna()
        numbers = pd.to_numeric(present, errors="coerce") if present.dtype.kind in "biuf" or name in FLAGS else None
        # A text column may look like numbers to one reader only: its sum is not compared.
        columns.append({"name": name, "present": int(len(present)), "sum": None if numbers is None else float(numbers.astype(float).sum())})
    return columns


class Files:
    """The three files, read in the fastest way there is for known types."""

    def __init__(self, folder):
        self.paths = [folder / name for name in ("properties_2016.csv", "train_2016_v2.csv", "sample_submission.csv")]
        self.types = [numeric_types(pd.read_csv(path, low_memory=False)) for path in self.paths]
        ways = [{"low_memory": False}, {"low_memory": False, "typed": True}]
        if version("pyarrow"):
            ways.append({"engine": "pyarrow", "typed": True})
        self.way = fastest(ways, self.read)

    def read(self, way=None):
        options = dict(way or self.way)
        typed = options.pop("typed", False)
        return [pd.read_csv(path, dtype=types if typed else None, **options) for path, types in zip(self.paths, self.types)]


def joined(train, submission, properties):
    """Join(2), SelectColumn, DropColumns(2)."""
    sold = train.merge(properties, how="left", on="parcelid")
    every = submission.merge(properties, how="left", left_on="ParcelId", right_on="parcelid")
    target = sold[["logerror"]]
    sold = sold.drop(columns=["parcelid", "logerror", "transactiondate"] + TEXTS)
    return target, sold, every.drop(columns=["ParcelId", "parcelid"] + MONTHS + TEXTS)


def rounded(values):
    """Four decimals, half away from zero."""
    scaled = values.astype(np.float64) * 10_000
    return np.copysign(np.floor(np.abs(scaled) + 0.5), scaled) / 10_000


class P2:
    """Boosted trees on the joined tables; the booster is ours, out of the state of the stage that trained it."""

    def __init__(self, files, request):
        import xgboost

        self.files, self.xgboost, self.state, self.threads = files, xgboost, Path(request["state"]), request["threads"]
        self.predictor = fastest(["matrix", "in place"], lambda how: self.run(how))

    def load(self):
        """The booster and the names of its features: the formats are stated in FittedState.swift and BoostedTrees.swift."""
        data = self.state.read_bytes()
        assert data[:4] == b"MFIT", "not a fitted state"
        at = 14
        for _ in range(2):  # transformer, parameters
            at += 4 + struct.unpack_from("<I", data, at)[0]
        count, = struct.unpack_from("<I", data, at)
        at, names = at + 4, []
        for _ in range(count):
            size, = struct.unpack_from("<I", data, at)
            names.append(data[at + 4:at + 4 + size].decode())
            at += 4 + size
        booster = self.xgboost.Booster()
        booster.load_model(bytearray(data[at:-8]))
        booster.set_param({"nthread": self.threads})
        return booster, names

    def run(self, how=None):
        properties, train, submission = self.files.read()
        _, *tables = joined(train, submission, properties)
        booster, names = self.load()
        predictions = []
        for table in tables:
            features = table[names].astype({name: np.float32 for name in FLAGS if name in names}).to_numpy(np.float32)
            if (how or self.predictor) == "matrix":
                values = booster.predict(self.xgboost.DMatrix(features, nthread=self.threads))
            else:
                values = booster.inplace_predict(features, missing=np.nan)
            predictions.append(rounded(values))
        return predictions


class P9:
    """An elastic net on averaged, encoded and filled tables; its coefficients are ours, everything else is fitted here once."""

    def __init__(self, files, request):
        from sklearn.linear_model import ElasticNet

        self.files = files
        model = json.loads(Path(request["model"]).read_text())
        self.names, self.means = model["names"], np.array([np.nan if mean is None else mean for mean in model["means"]])
        self.net = ElasticNet()
        self.net.coef_, self.net.intercept_ = np.array(model["coefficients"]), model["intercept"]
        self.fit(files.read()[0])

    def fit(self, properties):
        groups = properties.groupby("regionidzip")
        self.averages = {name: groups[name].mean() for name in AVERAGED}
        self.categories = {name: np.sort(properties[name].dropna().unique()) for name in ENCODED}
        filled = self.encoded(self.extended(properties)).fillna({name: 0 for name in ABSENT})
        gaps = [name for name in filled.columns if filled[name].dtype.kind == "f" and filled[name].isna().any()]
        medians = filled[gaps].median()
        # The median of integers is one, rounded half away from zero.
        whole = [name for name in gaps if name not in FRACTIONAL and "_avg_by_" not in name]
        medians[whole] = np.copysign(np.floor(medians[whole].abs() + 0.5), medians[whole])
        self.medians = medians.to_dict()
        self.sizes = self.cells(filled.fillna(self.medians)).value_counts()

    @staticmethod
    def cells(properties):
        y, x = np.floor(properties["latitude"] / CELL), np.floor(properties["longitude"] / CELL)
        # float64 holds every number that comes up here: y and the 32 bits of x together have fewer than 53.
        return y * 2.0**32 + x.where(x >= 0, x + 2.0**32)

    def extended(self, properties):
        """Avg, GetConstructionRecency."""
        new = {f"{name}_avg_by_regionidzip": properties["regionidzip"].map(self.averages[name]) for name in AVERAGED}
        new["construction_recency"] = 2016 - properties["yearbuilt"]
        return pd.concat([properties, pd.DataFrame(new)], axis=1)

    def encoded(self, table):
        """OneHotEncoding."""
        flags = {
            f"{name}_{int(category)}": table[name] == category for name in ENCODED for category in self.categories[name]
        }
        return pd.concat([table.drop(columns=ENCODED), pd.DataFrame(flags)], axis=1)

    def placed(self, table):
        """ComputeNeighborhood."""
        cells = self.cells(table)
        return pd.concat([table, pd.DataFrame({"neighborhood": cells, "neighborhood_size": cells.map(self.sizes)})], axis=1)

    def run(self):
        properties, train, submission = self.files.read()
        table = self.encoded(self.extended(properties))
        table = self.placed(table.fillna({name: 0 for name in ABSENT}).fillna(self.medians))
        _, *tables = joined(train, submission, table)
        predictions = []
        for features in tables:
            values = features[self.names].astype({name: np.float64 for name in FLAGS if name in self.names}).to_numpy(np.float64)
            gaps = np.isnan(values)
            if gaps.any():
                values = np.where(gaps, np.where(np.isnan(self.means), 0, self.means), values)
            predictions.append(rounded(self.net.predict(values)))
        return predictions


def read_csv(request):
    options = dict(request["options"])
    if options.pop("typed", False):
        options["dtype"] = read_csv.types
    start = time.perf_counter()
    frame = pd.read_csv(request["path"], **options)
    seconds = time.perf_counter() - start
    if not hasattr(read_csv, "types"):
        read_csv.types = numeric_types(frame)
    return {"seconds": seconds, "rows": len(frame), "columns": digest(frame) if request.get("digest") else None}


def main():
    folder, files, pipelines = Path(sys.argv[1]), None, {}

    def prepare(request):
        nonlocal files
        files = files or Files(folder)
        pipelines[request["pipeline"]] = {"P2": P2, "P9": P9}[request["pipeline"]](files, request)
        return {}

    def rerun(request):
        start = time.perf_counter()
        predictions = pipelines[request["pipeline"]].run()
        answer = {"seconds": time.perf_counter() - start}
        for values, path in zip(predictions, request.get("write", [])):
            values.astype("<f8").tofile(path)
        return answer

    versions = {"versions": {name: version(name) for name in ("pandas", "xgboost", "sklearn", "pyarrow")}}
    serve({"version": lambda _: versions, "read_csv": read_csv, "prepare": prepare, "rerun": rerun})


main()

"""Stores arrays the way a user would today, and times the same reads on each.

    python peers.py --arrays DIR --work DIR      (JSON lines; see `Session`)

Each peer writes float32 arrays, (rows, channels, height, width) or (rows, units), in one layout and answers four
reads from it: `point`, one channel's map (or one unit) of one row; `column`, the same of all rows; `ten_rows`,
scattered rows, all channels; `layer`, everything. Files are warm, handles open, caches of decoded chunks off. Layouts
were chosen by the product of the four times; figures in comments are ms for point, column, ten_rows, layer of a
synthetic post-ReLU array (2000, 32, 32, 32), 68 % zeros, two busy cores, so good to a factor of two.
"""
import argparse, json, math, os, shutil, time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

from worker import serve

THREADS = 2
PATTERNS = {"point": ("row", "channel"), "column": (None, "channel"), "ten_rows": ("rows",), "layer": ()}

def chunk_shape(shape, target_bytes, rows_per_channel):
    """A chunk of whole maps of about `target_bytes`, in powers of two, with this ratio of rows to channels: a
    column read decodes as many channels as a chunk has, a row read as many rows, a point read both."""
    maps = max(1, target_bytes // (4 * math.prod(shape[2:])))
    rows = 2 ** round(math.log2(math.sqrt(maps * rows_per_channel)))
    rows = max(1, min(rows, maps, shape[0]))
    return (rows, max(1, min(maps // rows, shape[1])), *shape[2:])

class Peer:
    """One way of storing arrays: `write` makes and closes the files, `open` gives a handle for many `read`s.

    `read` fills `out` with handle[index], where the index is (), (slice, channel), (row, channel) or ([rows],).
    Of the encodings in `options`, the one smallest on an array's first rows is used for it. `writers` arrays
    are written at a time: 1 where the library has a global lock or uses the cores by itself."""
    options, writers = (None,), 1

    def __init__(self):
        self.lib = [import_module(module) for module in self.modules]
        self.version = ", ".join(f"{package} {version(package)}" for package in self.packages)

    def choose_option(self, folder, name, array):
        def stored(option):
            empty(folder)
            self.write(folder, name, array[:128], option)
            return size(folder)
        return min(self.options, key=stored)

class HDF5(Peer):
    """Chunked HDF5, one thread. Chunks tried (rows x channels), bitshuffle:
    2x2 .16 103 19 1390; 4x1 .15 38 26 1182; 8x1 .40 47 49 1126; 8x2 .32 73 53 1126. Gzip: 2x2 .17 188 36 2792;
    4x1 .16 67 60 2938; 8x1 .23 49 62 1514; 8x2 .32 87 63 1379, on a busy machine; idle, 8x1 .23 33 39 1006.
    """
    chunks = "chunks of whole maps, ~16 KB (4 rows x 1 channel of 32x32); read_direct, chunk cache off, 1 thread"

    def write(self, folder, name, array, option):
        with self.lib[0].File(folder / f"{name}.h5", "w", libver="latest") as file:
            file.create_dataset("data", data=array, chunks=chunk_shape(array.shape, 16 << 10, 16), **self.filters)

    def open(self, folder, name):
        return self.lib[0].File(folder / f"{name}.h5", "r", rdcc_nbytes=0)["data"]

    def read(self, handle, index, out):
        if not (index and isinstance(index[0], list)):
            # The selection keeps its rank: with the channel's axis dropped, a column took four times as long.
            slices = tuple(slice(i, i + 1) if isinstance(i, int) else i for i in index)
            shape = [1 if isinstance(i, int) else n for i, n in zip(index, handle.shape)]
            handle.read_direct(out.reshape(shape + list(handle.shape[len(index):])), slices)
        elif len(index[0]) * handle.chunks[0] > handle.shape[0]:
            # Rows that must share chunks: a list, which has to ascend, decodes each chunk once.
            ascending, where = np.unique(index[0], return_inverse=True)
            out[...] = handle[ascending][where]
        else:  # Otherwise row by row is faster than a list.
            for k, row in enumerate(index[0]):
                handle.read_direct(out, np.s_[row:row + 1], np.s_[k:k + 1])

class HDF5Gzip(HDF5):
    """Level 4: level 6 is 3 % smaller for twice the log time or more, level 1 is 5 % larger."""
    name, modules, packages = "hdf5-gzip-shuffle", ("h5py",), ("h5py",)
    settings = f"byte shuffle + gzip level 4, {HDF5.chunks}"
    filters = {"compression": "gzip", "compression_opts": 4, "shuffle": True}

class HDF5Bitshuffle(HDF5):
    """Level 3, zstd's default: 6 and 9 are 1 % smaller for two and three times the log time."""
    name, modules, packages = "hdf5-bitshuffle-zstd", ("h5py", "hdf5plugin"), ("h5py", "hdf5plugin")
    settings = f"hdf5plugin Bitshuffle(cname='zstd', clevel=3), {HDF5.chunks}"
    filters = property(lambda self: {"compression": self.lib[1].Bitshuffle(cname="zstd", clevel=3)})

class Zarr(Peer):
    """Zarr v3, a file per chunk; large chunks, as each costs much Python. Tried:
    8x2 .94 67 56 2233; 16x2 .86 51 83 1634; 8x8 .89 229 50 801; 16x4 1.2 69 44 708; 32x2 .91 33 80 499; 16x8
    .97 97 51 493. 16x4 and 32x2 changed places between runs; the former reads rows faster.
    Shards made point and layer reads up to three times slower; async.concurrency 2, 10, 64 and batches of 8
    chunks made no difference. clevel 2 is zstd level 3; clevel 5 is 4 % smaller for twice the log time or more.
    """
    name, packages = "zarr3-blosc", ("zarr", "numcodecs")
    modules = ("zarr", "zarr.codecs", "zarr.core.buffer.cpu", "numcodecs.blosc")
    options = ("noshuffle", "shuffle", "bitshuffle")
    settings = ("BloscCodec zstd clevel 2, per array the smallest of noshuffle, shuffle, bitshuffle; chunks of whole "
                "maps, ~256 KB (16 rows x 4 channels of 32x32), no shards; 2 blosc threads, 2 workers; read into out=")

    def __init__(self):
        super().__init__()
        self.lib[0].config.set({"threading.max_workers": THREADS})
        self.lib[3].set_nthreads(THREADS)

    def write(self, folder, name, array, option):
        codec = self.lib[1].BloscCodec(cname="zstd", clevel=2, shuffle=option, typesize=4)
        self.lib[0].create_array(folder / f"{name}.zarr", data=array, compressors=codec,
                                 chunks=chunk_shape(array.shape, 256 << 10, 4))

    def open(self, folder, name):
        return self.lib[0].open_array(folder / f"{name}.zarr", mode="r")

    def read(self, handle, index, out):
        scattered = index and isinstance(index[0], list)
        get = handle.get_orthogonal_selection if scattered else handle.get_basic_selection
        get(index or ..., out=self.lib[2].NDBuffer.from_numpy_array(out))

class Parquet(Peer):
    """A flat float column (no list levels to decode) per channel or group of units, a row group per few rows.
    Rows tried, byte_stream_split: 8 .19 89 22 831; 16 .20 31 48 642; 32 .30 27 94 679; 64 .47 20 159 565; 128 .88 21 328 579
    The smallest encoding is plain for maps with zeros (33 % of raw; byte_stream_split 38 %), byte_stream_split
    without (88 %; plain 93 %), dictionary for images of 256 values (26 %; plain 44 %). zstd level 6 is 1.5 %
    smaller than level 3 for at least twice the log time.
    """
    name, modules, packages, writers = "parquet-zstd", ("pyarrow", "pyarrow.parquet"), ("pyarrow",), THREADS
    options = ({"use_dictionary": False}, {"use_dictionary": True},
               {"use_dictionary": False, "use_byte_stream_split": True})
    settings = ("zstd level 3, per array the smallest of plain, dictionary, byte_stream_split; a flat float column per "
                "channel map or group of units, row groups of ~64 KB per column (16 rows of 32x32); no statistics, "
                "memory-mapped, 2 threads, copied into the result")

    def __init__(self):
        super().__init__()
        self.lib[0].set_cpu_count(THREADS)
        self.lib[0].set_io_thread_count(THREADS)

    def write(self, folder, name, array, option):
        pa, pq = self.lib
        rows, width = chunk_shape(array.shape, 64 << 10, len(array) ** 2)[:2]
        width = math.gcd(width, array.shape[1])
        starts = range(0, array.shape[1], width)
        schema = pa.schema([pa.field(str(c), pa.float32(), nullable=False) for c in starts],
                           {"layout": json.dumps([rows, width, array.shape[2:]])})
        with pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd", compression_level=3,
                              write_statistics=False, **option) as writer:
            for r in range(0, len(array), rows):
                columns = [pa.array(array[r:r + rows, c:c + width].reshape(-1)) for c in starts]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=len(columns[0]))

    def open(self, folder, name):
        file = self.lib[1].ParquetFile(folder / f"{name}.parquet", memory_map=True)
        return file, *json.loads(file.schema_arrow.metadata[b"layout"])

    def read(self, handle, index, out):
        file, rows, width, maps = handle
        channel = index[1] if len(index) == 2 else None
        names = None if channel is None else [str(channel // width * width)]
        for group, source, target in self.plan(file.num_row_groups, rows, index):
            for j, column in enumerate(file.read_row_group(group, columns=names).columns):
                block = column.chunk(0).to_numpy().reshape(-1, width, *maps)
                if channel is None:
                    out[target, j * width:(j + 1) * width] = block[source]
                else:
                    out[target] = block[source, channel % width]

    def plan(self, groups, rows, index):
        """The row groups of an index, each once, with the rows wanted of it and their places in the result."""
        if not index or isinstance(index[0], slice):
            return [(g, slice(None), slice(g * rows, (g + 1) * rows)) for g in range(groups)]
        if isinstance(index[0], int):
            return [(index[0] // rows, index[0] % rows, ...)]
        places = list(enumerate(index[0]))
        return [(g, [row % rows for _, row in places if row // rows == g], [k for k, row in places if row // rows == g])
                for g in sorted({row // rows for row in index[0]})]

class TensorStore(Peer):
    """The zarr3 driver, chunks in a shard per channel group, which halves the log (no file per chunk) and leaves
    the reads as they are. file_io_sync is off, or each file would be fsynced unasked. Chunks tried:
    4x2 .40 37 8 636; 4x4 .25 83 6 588; 8x2 .33 25 12 562; 16x1 2.9 21 40 726; 8x8 .38 147 28 675.
    clevel 2 is zstd level 3; clevel 5 is 4 % smaller for several times the log time.
    """
    name, modules, packages = "tensorstore", ("tensorstore",), ("tensorstore",)
    options = ("noshuffle", "shuffle", "bitshuffle")
    settings = ("zarr3 driver, blosc zstd clevel 2, per array the smallest of noshuffle, shuffle, bitshuffle; chunks "
                "of whole maps, ~64 KB (8 rows x 2 channels of 32x32), a shard per channel group; data_copy and "
                "file_io concurrency 2, file_io_sync off, cache_pool 0; read into an array")

    def __init__(self):
        super().__init__()
        self.context = self.lib[0].Context({
            "data_copy_concurrency": {"limit": THREADS}, "file_io_concurrency": {"limit": THREADS},
            "file_io_sync": False, "cache_pool": {"total_bytes_limit": 0}})

    def open(self, folder, name, **creation):
        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{folder / name}.zarr/"}, **creation}
        return self.lib[0].open(spec, context=self.context).result()

    def write(self, folder, name, array, option):
        chunks = chunk_shape(array.shape, 64 << 10, 4)
        shard = (math.ceil(len(array) / chunks[0]) * chunks[0], *chunks[1:])
        blosc = {"cname": "zstd", "clevel": 2, "shuffle": option, "typesize": 4}
        inner = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "blosc", "configuration": blosc}]
        sharding = {"name": "sharding_indexed", "configuration": {"chunk_shape": chunks, "codecs": inner}}
        grid = {"name": "regular", "configuration": {"chunk_shape": shard}}
        metadata = {"shape": array.shape, "data_type": "float32", "chunk_grid": grid, "codecs": [sharding]}
        self.open(folder, name, create=True, metadata=metadata).write(array).result()

    def read(self, handle, index, out):
        target = self.lib[0].array(out, context=self.context, copy=False)
        target.write(handle[index] if index else handle).result()

def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

class Session:
    """Answers requests: list; log (peer, arrays, fsync); read (peer, array, pattern, row, channel, rows)."""

    def __init__(self, arrays, work):
        paths = {path.stem: path for path in arrays.glob("*.npy")}
        self.array = cache(lambda name: np.load(paths[name]))
        self.handle = cache(lambda peer, name: self.peers[peer].open(work / peer, name))
        self.work, self.peers, self.missing = work, {}, []
        for kind in (HDF5Gzip, HDF5Bitshuffle, Zarr, Parquet, TensorStore):
            try:
                peer = kind()
                peer.choose_option(work / "trial", "trial", np.ones((4, 4, 2, 2), np.float32))  # shows what fails
                self.peers[kind.name] = peer
            except Exception as error:
                self.missing.append({"name": kind.name, "reason": f"{type(error).__name__}: {error}"})
        shutil.rmtree(work / "trial", ignore_errors=True)

    def describe(self, request):
        peers = [{"name": p.name, "version": p.version, "settings": p.settings} for p in self.peers.values()]
        return {"peers": peers, "missing": self.missing}

    def log(self, request):
        peer = self.peers[request["peer"]]
        jobs = [(name, self.array(name)) for name in request["arrays"]]
        self.handle.cache_clear()
        folder = self.work / peer.name
        jobs = [(*job, peer.choose_option(folder, *job)) for job in jobs]
        empty(folder)
        start = time.perf_counter()
        with ThreadPoolExecutor(peer.writers) as pool:
            list(pool.map(lambda job: peer.write(folder, *job), jobs))
        for path in filter(Path.is_file, folder.rglob("*")) if request.get("fsync") else ():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        return {"seconds": time.perf_counter() - start, "bytes": size(folder)}

    def read(self, request):
        peer, source = self.peers[request["peer"]], self.array(request["array"])
        handle = self.handle(request["peer"], request["array"])
        index = tuple(request[key] if key else slice(None) for key in PATTERNS[request["pattern"]])
        expected = np.array(source[index])
        out = np.full(expected.shape, np.nan, np.float32)  # touched, and wrong until read
        start = time.perf_counter()
        peer.read(handle, index, out)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "equal": np.array_equal(out.view(np.uint32), expected.view(np.uint32))}

    def operations(self):
        return {"list": self.describe, "log": self.log, "read": self.read}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Times other stores on a folder of float32 .npy files.")
    parser.add_argument("--arrays", type=Path, required=True, help="the folder of arrays")
    parser.add_argument("--work", type=Path, required=True, help="the folder for what the peers write")
    options = parser.parse_args()
    serve(Session(options.arrays.resolve(), options.work.resolve()).operations())

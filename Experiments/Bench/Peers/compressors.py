"""Compresses arrays with what others would use for floating-point numbers, and times it.

    python compressors.py --arrays DIR      (JSON lines; see `Session`)

Every peer compresses a float32 array in memory, all of it as one stream, with one thread, and decompresses all of it; nothing is
written. `bounded` peers may err by a given absolute error, the others may not err at all. A peer sees an array in one of several
shapes, with one of several options: which are smallest differs by layer, so the caller tries them all. Bits per value of a wide
layer of CIFAR10_CNN, 0.2 root mean squares, in 1, 2, 3, 4 dimensions: SZ3 2.06 2.54 2.10 2.12 (its default), 2.65 in all (no
prediction); of the same layer after ReLU 1.68 2.15 1.70 1.76 and 1.65; ZFP 7.80 7.74 7.99 10.07 and 4.86 6.66 7.10 9.32.
"""
import argparse, ctypes, time
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

from worker import serve


def layouts(array):
    """The same values, in the same order, in 1 to 4 dimensions: all in a line, rows x columns, maps, rows x channels of maps."""
    shapes = [(array.size,), (len(array), array.size // len(array))]
    if array.ndim == 4:
        shapes += [(array.shape[0] * array.shape[1], *array.shape[2:]), array.shape]
    return {len(shape): array.reshape(shape) for shape in shapes}


def largest_error(exact, read):
    """In double, 2^22 values at a time; infinite where a value is no number on one side only or on both."""
    exact, read, most = exact.reshape(-1), read.reshape(-1), 0.0
    for start in range(0, exact.size, 1 << 22):
        piece = slice(start, start + (1 << 22))
        error = float(np.max(np.abs(exact[piece].astype(np.float64) - read[piece])))
        most = max(most, error if np.isfinite(error) else np.inf)
    return most


class Peer:
    """`compress` returns a stream of an array under one of the `options`, `decompress` an array of that shape."""
    bounded, dimensions, options = True, (1, 2, 3, 4), (None,)

    def __init__(self):
        self.lib = [import_module(module) for module in self.modules]
        self.version = version(self.package)


class Pcodec(Peer):
    """Lossless. It takes arrays in a line only."""
    name, modules, package, bounded, dimensions = "pcodec", ("pcodec", "pcodec.standalone"), "pcodec", False, (1,)
    settings = "standalone format, compression level 8, its default; 1 thread"

    def compress(self, array, error, option):
        return self.lib[1].simple_compress(array.reshape(-1), self.lib[0].ChunkConfig())

    def decompress(self, stream, shape):
        out = np.empty(int(np.prod(shape)), np.float32)
        self.lib[1].simple_decompress_into(stream, out)
        return out


class SZ3(Peer):
    name, modules, package = "sz3", ("pysz",), "pysz"
    options = ("INTERP_LORENZO", "LORENZO_REG", "NOPRED")
    settings = "absolute error bound, per array the smallest of INTERP_LORENZO, LORENZO_REG, NOPRED; 1 thread"

    def compress(self, array, error, option):
        config = self.lib[0].szConfig()
        config.errorBoundMode = self.lib[0].szErrorBoundMode.ABS
        config.absErrorBound = error
        config.cmprAlgo = getattr(self.lib[0].szAlgorithm, option)
        config.openmp = False
        return self.lib[0].sz.compress(array, config)[0]

    def decompress(self, stream, shape):
        return self.lib[0].sz.decompress(stream, np.float32, shape)[0]


class SZ3Default(SZ3):
    name, options = "sz3_default", SZ3.options[:1]
    settings = "absolute error bound, INTERP_LORENZO, its default, which chooses between two predictors; 1 thread"


class ZFP(Peer):
    """Its errors stay far below the tolerance."""
    name, modules, package, options = "zfp", ("zfpy",), "zfpy", (1,)
    settings = "fixed accuracy, the tolerance is the bound; 1 thread"

    def compress(self, array, error, option):
        return self.lib[0].compress_numpy(array, tolerance=option * error)

    def decompress(self, stream, shape):
        return self.lib[0].decompress_numpy(stream)


class ZFPWidest(ZFP):
    """No promise, but a measured error: whoever wants it has to decompress and look."""
    name, options = "zfp_widest", (1, 2, 4, 8, 16)
    settings = "fixed accuracy, per array the widest tolerance of 1, 2, 4, 8, 16 bounds with which the error is within one; 1 thread"


class Session:
    """Answers requests: list; settings (peer, array); compress (peer, array, error, setting), which decompresses too."""

    def __init__(self, arrays):
        # What was freed is kept: else every answer would be memory that the kernel has to clear first.
        libc = ctypes.CDLL(None)
        libc.mallopt(-4, 0)  # M_MMAP_MAX
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
        paths = {path.stem: path for path in arrays.glob("*.npy")}
        self.layouts = cache(lambda name: layouts(np.load(paths[name])))
        self.peers, self.missing = {}, []
        for kind in (Pcodec, SZ3, SZ3Default, ZFP, ZFPWidest):
            try:
                peer, trial = kind(), np.linspace(0, 1, 4**4, dtype=np.float32).reshape(4, 4, 4, 4)
                peer.decompress(peer.compress(trial, 0.01, peer.options[0]), trial.shape)  # shows what fails
                self.peers[kind.name] = peer
            except Exception as error:
                self.missing.append({"name": kind.name, "reason": f"{type(error).__name__}: {error}"})

    def describe(self, request):
        peers = [{"name": p.name, "version": p.version, "settings": p.settings, "bounded": p.bounded} for p in self.peers.values()]
        return {"peers": peers, "missing": self.missing}

    def settings(self, request):
        peer = self.peers[request["peer"]]
        return {"settings": [{"dimensions": count, "option": place, "name": f"{count}-D" + (f", {option}" if option else "")}
                             for count in self.layouts(request["array"]) if count in peer.dimensions
                             for place, option in enumerate(peer.options)]}

    def compress(self, request):
        peer, array = self.peers[request["peer"]], self.layouts(request["array"])[request["dimensions"]]
        option = peer.options[request["option"]]
        start = time.perf_counter()
        stream = peer.compress(array, request["error"], option)
        compressed = time.perf_counter()
        read = peer.decompress(stream, array.shape)
        end = time.perf_counter()
        same = np.array_equal(array.reshape(-1).view(np.uint32), read.reshape(-1).view(np.uint32))
        error = largest_error(array, read)
        return {"bytes": len(stream), "compressSeconds": compressed - start, "decompressSeconds": end - compressed,
                "largestError": error if np.isfinite(error) else None, "equal": same}

    def operations(self):
        return {"list": self.describe, "settings": self.settings, "compress": self.compress}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Times compressors on a folder of float32 .npy files.")
    parser.add_argument("--arrays", type=Path, required=True, help="the folder of arrays")
    serve(Session(parser.parse_args().arrays.resolve()).operations())

"""Measures what a capture and a read cost from Python. Prints one line per measure; times are ratios within this run.

    python Tests/PythonMistiqueTests/measure.py FOLDER [rows] [repetitions]

FOLDER is emptied of what is measured. Needs PyTorch. Where MISTIQUE_DATA names a folder with resnet20-cifar10.safetensors and cifar-10-batches-bin/, the
weights are those, and the images real ones; otherwise the weights are random and the images smooth noise.

- python_capture_overhead: a ResNet-20 forward pass on two threads with the capture of its nine blocks (344 KB per image), DEDUP and durable, over one without.
- python_capture_vs_torch_save: the same capture over the same forward pass with torch.save and fsync of each batch's tensors, in time and in bytes.
- python_read_overhead: of a warm point query and of a whole layer, what the C interface takes beyond the engine itself, and what the package takes in all.
- python_capture_memory: peak memory of capturing all rows over that of a tenth of them, each in a process of its own.
"""

import ctypes
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from support import mistique
from torch import nn

c = mistique._library
BATCH = 128


class Block(nn.Module):
    """A residual block whose shortcut takes every second pixel and pads channels with zeros (option A)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.padding = stride, (outputs - inputs) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        shortcut = x[:, :, ::self.stride, ::self.stride]
        return torch.relu(y + nn.functional.pad(shortcut, (0, 0, 0, 0, self.padding, self.padding)))


class ResNet20(nn.Module):
    """ResNet-20 for images of 32 x 32."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[Block(16, 16, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.fc(x.mean((2, 3)))


BLOCKS = [f"layer{layer}.{block}" for layer in (1, 2, 3) for block in (0, 1, 2)]


DATA = pathlib.Path(os.environ.get("MISTIQUE_DATA") or "Data")
WEIGHTS, BATCHES = DATA / "resnet20-cifar10.safetensors", DATA / "cifar-10-batches-bin"
IS_REAL = WEIGHTS.exists() and BATCHES.exists()


def network():
    """The network, with published weights where there are any."""
    torch.manual_seed(1)
    model = ResNet20().eval()
    if IS_REAL:
        stored = WEIGHTS.read_bytes()
        start = 8 + int.from_bytes(stored[:8], "little")
        told = json.loads(stored[8:start])
        told.pop("__metadata__", None)
        weights = {}
        for name, tensor in told.items():
            begin, end = (start + offset for offset in tensor["data_offsets"])
            values = torch.from_numpy(np.frombuffer(stored[begin:end], np.dtype({"F32": "<f4", "I64": "<i8"}[tensor["dtype"]])).copy())
            weights[name.replace("linear.", "fc.")] = values.reshape(tensor["shape"])
        model.load_state_dict(weights, strict=False)
        missing = set(model.state_dict()) - set(weights)
        assert all(name.endswith("num_batches_tracked") for name in missing), missing
    return model


def images_of(rows, first=0):
    """Images that compress as real ones do, the same in every run."""
    if IS_REAL:
        files = sorted(BATCHES.glob("data_batch_*.bin"))
        places = np.arange(first, first + rows) % (10_000 * len(files))
        pixels = np.stack([np.memmap(files[place // 10_000], np.uint8, "r").reshape(-1, 3073)[place % 10_000, 1:] for place in places])
        mean, deviation = (np.array(each, np.float32)[:, None, None] for each in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
        return torch.from_numpy((pixels.reshape(-1, 3, 32, 32).astype(np.float32) / 255 - mean) / deviation)
    coarse = torch.randn(rows, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    return nn.functional.interpolate(coarse, size=32, mode="bilinear", align_corners=False)


def batches(images):
    """The images in batches, with their ids."""
    for start in range(0, len(images), BATCH):
        yield images[start:start + BATCH], np.arange(start, min(start + BATCH, len(images)))


def forward(model, images):
    """Seconds of the forward pass alone."""
    begin = time.perf_counter()
    for batch, _ in batches(images):
        model(batch)
    return time.perf_counter() - begin


def captured(model, images, folder, policy):
    """Seconds of the forward pass with a capture, and the bytes that it stored."""
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.perf_counter()
    with mistique.open(folder) as store:
        with store.capture(model, "resnet20", layers=["layer*.*"], policy=policy) as capture:
            for batch, ids in batches(images):
                with capture.rows(ids):
                    model(batch)
        seconds = time.perf_counter() - begin
        return seconds, store.stored_bytes


def saved(model, images, folder):
    """Seconds of the forward pass with torch.save and fsync, and the bytes of the files."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    kept = {}
    modules = dict(model.named_modules())
    hooks = [modules[name].register_forward_hook(lambda _m, _i, output, name=name: kept.__setitem__(name, output)) for name in BLOCKS]
    begin = time.perf_counter()
    for place, (batch, _) in enumerate(batches(images)):
        model(batch)
        with open(f"{folder}/{place}.pt", "wb") as file:
            torch.save(kept, file)
            file.flush()
            os.fsync(file.fileno())
    seconds = time.perf_counter() - begin
    for hook in hooks:
        hook.remove()
    return seconds, sum(path.stat().st_size for path in pathlib.Path(folder).iterdir())


def timed(question, repetitions):
    """Median seconds of a question that is warm, and of what the package and the C interface take of them."""
    whole, added = [], []
    for turn in range(repetitions + 5):
        begin = time.perf_counter()
        answer = question.get()
        answer.numpy()
        seconds = time.perf_counter() - begin
        if turn >= 5:
            whole.append(seconds)
            added.append(seconds - answer.seconds)
    return statistics.median(whole), statistics.median(added)


def called(question, repetitions):
    """Median seconds of the calls of the C interface that answer a warm question, beyond the engine's, and of giving the answer back.

    The calls are made by ctypes, with arguments that are there already. Whoever asks the engine in Swift gives its memory back too.
    """
    ask, shape_of, view, free = (c.function(name) for name in ("ask", "answer_shape", "answer_view", "answer_free"))
    store, key, ids = question.model._store.handle, c.key_list([question.key]), question._ids
    rows, count = (None, 0) if ids is None else (c.pointer(ids), ids.size)
    options, error, shape, address, number = question._ask_options(), c.Error(), c.Shape(), ctypes.c_void_p(), ctypes.c_uint64()
    added, given_back = [], []
    for turn in range(repetitions + 5):
        begin = time.perf_counter()
        codes = [ask(store, key, 1, rows, count, ctypes.byref(options), ctypes.byref(number), ctypes.byref(error))]
        codes.append(shape_of(number, 0, ctypes.byref(shape), ctypes.byref(error)))
        codes.append(view(number, 0, ctypes.byref(address), ctypes.byref(error)))
        answered = time.perf_counter()
        codes.append(free(number, ctypes.byref(error)))
        end = time.perf_counter()
        assert codes == [0] * 4, codes
        if turn >= 5:
            added.append(answered - begin - shape.seconds)
            given_back.append(end - answered)
    return statistics.median(added), statistics.median(given_back)


def reads(folder):
    """What `timed` and `called` say of a point query and of a whole layer."""
    with mistique.open(folder) as store:
        layer = store["resnet20"]["layer2.0"]
        point = layer.unit(5).rows([17])
        return timed(point, 200) + called(point, 200), timed(layer, 20) + called(layer, 20)


def peak(rows, folder):
    """Bytes of a process that captures so many rows, images made batch by batch."""
    model = network()
    shutil.rmtree(folder, ignore_errors=True)
    with mistique.open(folder) as store, store.capture(model, "resnet20", layers=["layer*.*"]) as capture, torch.no_grad():
        for start in range(0, rows, BATCH):
            count = min(BATCH, rows - start)
            with capture.rows(np.arange(start, start + count)):
                model(images_of(count, start) if IS_REAL else images_of(count) + start)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    """Runs all measures."""
    folder = sys.argv[1]
    if len(sys.argv) > 3 and sys.argv[3] == "--peak":
        print(peak(int(sys.argv[2]), folder))
        return
    rows, repetitions = (int(sys.argv[place]) if len(sys.argv) > place else usual for place, usual in ((2, 5_000), (3, 5)))
    torch.set_num_threads(2)
    model, images = network(), images_of(rows)
    print("real images and published weights" if IS_REAL else "smooth noise and random weights")
    ratios = {"full": [], "pool": [], "save": []}
    with torch.no_grad():
        forward(model, images)
        for _ in range(repetitions):
            plain = forward(model, images)
            full, stored = captured(model, images, folder + "/full", "dedup")
            pooled, _ = captured(model, images, folder + "/pool", "dedup + pool(all)")
            files, file_bytes = saved(model, images, folder + "/save")
            ratios["full"].append(full / plain)
            ratios["pool"].append(pooled / plain)
            ratios["save"].append(full / files)
    for name, values in ratios.items():
        print(f"{name}: median {statistics.median(values):.3f}, {' '.join(f'{value:.3f}' for value in values)}")
    print(f"bytes over torch.save's: {stored / file_bytes:.3f} ({stored} / {file_bytes})")
    point, layer = reads(folder + "/full")
    for name, (whole, added, by_interface, given_back) in (("point query", point), ("whole layer", layer)):
        print(
            f"warm {name}: {whole * 1e6:.0f} us in the package, of which {added * 1e6:.0f} us ({100 * added / whole:.1f} %) beyond the engine's; the C interface's "
            f"calls take {by_interface * 1e6:.0f} us ({100 * by_interface / whole:.1f} %) beyond it, and giving the answer back {given_back * 1e6:.0f} us")
    sizes = [
        int(subprocess.run([sys.executable, __file__, folder + "/peak", str(count), "--peak"], check=True, capture_output=True, text=True).stdout)
        for count in (rows, 10 * rows)
    ]
    print(f"peak memory of {10 * rows} rows over {rows}: {sizes[1] / sizes[0]:.3f} ({sizes[1] >> 20} MB / {sizes[0] >> 20} MB)")


if __name__ == "__main__":
    main()

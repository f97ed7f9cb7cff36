"""Runs a network in PyTorch on weights from a checkpoint file, and times it.

    python torch_forward.py FOLDER THREADS      (JSON lines: {"op": "version"} or {"op": "forward", "images": FILE, "batch": 64})

FOLDER holds network.json (the layers) and weights.bin (a checkpoint). Chains of convolutions, max pools, dense layers, ReLU, dropout (which
does nothing here) and softmax.
"""
import json, struct, sys, time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from worker import serve


def read_checkpoint(data):
    """name -> float32 array; the format is stated in Checkpoint+Bytes.swift."""
    assert data[:8] == b"MSTQCKPT", "not a checkpoint"
    count, = struct.unpack_from("<I", data, 12)
    at, tensors = 16, {}
    for _ in range(count):
        size, = struct.unpack_from("<I", data, at)
        name = data[at + 4:at + 4 + size].decode()
        at += 4 + size
        rank, = struct.unpack_from("<I", data, at)
        shape = struct.unpack_from(f"<{rank}Q", data, at + 4)
        at += 4 + 8 * rank
        tensors[name] = np.frombuffer(data, "<f4", int(np.prod(shape)), at).reshape(shape)
        at += 4 * tensors[name].size
    return tensors


def build(network, tensors):
    modules, flat = [], False
    def parameters(module, index):
        module.weight.data = torch.from_numpy(tensors[f"layer{index}.weights"].copy())
        module.bias.data = torch.from_numpy(tensors[f"layer{index}.bias"].copy())
        return module
    for index, layer in enumerate(network["layerDescriptions"], 1):
        (kind, options), = layer["kind"].items()
        if kind == "convolution":
            shape = tensors[f"layer{index}.weights"].shape
            same = options["kernel"] // 2 if options["padding"] == "same" else 0
            modules.append(parameters(nn.Conv2d(shape[1], shape[0], shape[2], padding=same), index))
        elif kind == "maxPool":
            modules.append(nn.MaxPool2d(options["size"]))
        elif kind == "relu":
            modules.append(nn.ReLU(inplace=True))
        elif kind == "softmax":
            modules.append(nn.Softmax(1))
        elif kind == "dropout":
            continue
        else:
            if not flat:
                modules.append(nn.Flatten())
                flat = True
            if kind == "dense":
                shape = tensors[f"layer{index}.weights"].shape
                modules.append(parameters(nn.Linear(shape[1], shape[0]), index))
        if options.get("relu"):
            modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules).eval()


def main():
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    model = build(json.loads((folder / "network.json").read_text()), read_checkpoint((folder / "weights.bin").read_bytes()))
    # The faster of PyTorch's two layouts on this machine is the one to be compared with: found once, at the first question.
    layout = None

    def run(images, batch, memory_format):
        model.to(memory_format=memory_format)
        start, logits = time.perf_counter(), None
        with torch.no_grad():
            for at in range(0, len(images), batch):
                out = model(images[at:at + batch].contiguous(memory_format=memory_format))
                if logits is None:
                    logits = out
        return time.perf_counter() - start, logits

    def forward(request):
        nonlocal layout
        images = torch.from_numpy(np.fromfile(request["images"], "<f4").reshape(-1, 3, 32, 32))
        if layout is None:
            formats = [torch.contiguous_format, torch.channels_last]
            for candidate in formats:
                run(images, request["batch"], candidate)  # warm
            layout = min(formats, key=lambda candidate: run(images, request["batch"], candidate)[0])
        seconds, logits = run(images, request["batch"], layout)
        return {"seconds": seconds, "logits": logits.flatten().tolist()}

    serve({"version": lambda _: {"versions": {"torch": torch.__version__}}, "forward": forward})


main()

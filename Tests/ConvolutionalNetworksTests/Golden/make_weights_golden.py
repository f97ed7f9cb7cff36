#!/usr/bin/env python3
"""Writes the safetensors files that the tests of Weights/ read, with the format's own library (safetensors on PyPI).

    python3 make_weights_golden.py        (needs numpy and safetensors; the output is committed, so that the tests need neither)

types.safetensors: every type that can be read, some that cannot, scalars, an empty tensor, metadata, names with escapes.
vgg16_torchvision.safetensors, vgg16_keras.safetensors: VGG16's 13 convolutions with the widths 2, 4, 8, 16, 16 as float16. The value of
weight (out, in, row, column) of convolution n (from 0) is ((31 n + 37 out + 41 in + 43 row + 47 column) % 201 - 100) / 512, of bias out
((31 n + 53 out) % 201 - 100) / 512: exact in float16, and different in every other layout.
"""
import json
import pathlib
import struct

import numpy as np
from safetensors import deserialize
from safetensors.numpy import save

FOLDER = pathlib.Path(__file__).parent
WIDTHS = [2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16]
TORCHVISION = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
KERAS = [f"block{block}_conv{number}" for block, count in enumerate([2, 2, 3, 3, 3], 1) for number in range(1, count + 1)]


def types():
    numbers = np.array([[0.0, -0.0, 1.0], [-1.5, 3.140625, 65504.0]])
    tensors = {
        "single": numbers.astype(np.float32), "half": numbers.astype(np.float16), "double": np.array([0.1, 1e300, -1e-300, np.pi]),
        "brain": np.array([0x3F80, 0xC049, 0x7F7F, 0x0001], dtype=np.uint16), "special": np.array([np.inf, -np.inf], np.float16),
        "tiny": np.array([2.0**-24, -(2.0**-149)]).astype(np.float32), "scalar": np.array(7.5, np.float32),
        "empty": np.zeros((0, 3), np.float32), "counter": np.array(12, np.int64), "flags": np.array([True, False]),
        "quote \" and \\ and \u00e9 and \U0001F600/\n": np.ones(1, np.float32),
    }
    data = save(tensors, {"made by": "make_weights_golden.py", "umlaut": "\u00fc"})
    # NumPy has no bfloat16: the library wrote its bits as U16, and the header calls them what they are.
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    assert header["brain"]["dtype"] == "U16"
    header["brain"]["dtype"] = "BF16"
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    data = struct.pack("<Q", len(text)) + text + data[8 + length:]
    deserialize(data)  # The library accepts it.
    (FOLDER / "types.safetensors").write_bytes(data)


def vgg16():
    torchvision, keras = {}, {}
    inputs = 3
    for number, outputs in enumerate(WIDTHS):
        o, i, row, column = np.indices((outputs, inputs, 3, 3))
        weights = ((31 * number + 37 * o + 41 * i + 43 * row + 47 * column) % 201 - 100) / 512
        bias = ((31 * number + 53 * np.arange(outputs)) % 201 - 100) / 512
        torchvision[f"features.{TORCHVISION[number]}.weight"] = np.ascontiguousarray(weights.astype(np.float16))
        torchvision[f"features.{TORCHVISION[number]}.bias"] = bias.astype(np.float16)
        keras[f"{KERAS[number]}/kernel:0"] = np.ascontiguousarray(weights.transpose(2, 3, 1, 0).astype(np.float16))
        keras[f"{KERAS[number]}/bias:0"] = bias.astype(np.float16)
        inputs = outputs
    torchvision["classifier.6.bias"] = np.zeros(3, np.float16)
    (FOLDER / "vgg16_torchvision.safetensors").write_bytes(save(torchvision))
    (FOLDER / "vgg16_keras.safetensors").write_bytes(save(keras))


if __name__ == "__main__":
    types()
    vgg16()

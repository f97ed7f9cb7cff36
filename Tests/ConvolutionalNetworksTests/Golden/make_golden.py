#!/usr/bin/env python3
"""Writes tiny_network.json: the oracle of GoldenNetworkTests, computed in float64 by plain NumPy, independently of oneDNN.

    python3 make_golden.py            (needs numpy; the output is committed, so that the tests need neither)

The network: input (2, 6, 6) -> convolution 3, 3x3, same, ReLU -> max pool 2 -> convolution 4, 2x2, valid, ReLU -> flatten
-> dense 5, ReLU -> dense 4; softmax cross-entropy; two steps of gradient descent with momentum 0.9 and rate 0.1 on one batch.
The script checks its own gradients by finite differences before it writes anything.
"""
import json
import pathlib

import numpy as np

BATCH, RATE, MOMENTUM = 8, 0.1, 0.9
generator = np.random.default_rng(20180610)


def rounded(array):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return array.astype(np.float32).astype(np.float64)


def windows(x, k, pad):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3)), x.shape


def convolution(x, w, b, pad):
    views, _ = windows(x, w.shape[2], pad)
    return np.einsum("nchwij,ocij->nohw", views, w) + b[None, :, None, None]


def convolution_backward(x, w, pad, dy):
    k = w.shape[2]
    views, padded = windows(x, k, pad)
    dw = np.einsum("nchwij,nohw->ocij", views, dy)
    dx = np.zeros(padded)
    h, wd = dy.shape[2:]
    for i in range(k):
        for j in range(k):
            dx[:, :, i:i + h, j:j + wd] += np.einsum("nohw,oc->nchw", dy, w[:, :, i, j])
    if pad:
        dx = dx[:, :, pad:-pad, pad:-pad]
    return dx, dw, dy.sum(axis=(0, 2, 3))


def pool(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def pool_backward(x, y, dy):
    spread = lambda a: a.repeat(2, axis=2).repeat(2, axis=3)
    return np.where(x == spread(y), spread(dy), 0)


def forward(p, x):
    a1 = np.maximum(convolution(x, p["layer1.weights"], p["layer1.bias"], 1), 0)
    a2 = pool(a1)
    a3 = np.maximum(convolution(a2, p["layer3.weights"], p["layer3.bias"], 0), 0)
    a4 = a3.reshape(BATCH, -1)
    a5 = np.maximum(a4 @ p["layer5.weights"].T + p["layer5.bias"], 0)
    a6 = a5 @ p["layer6.weights"].T + p["layer6.bias"]
    return [x, a1, a2, a3, a4, a5, a6]


def loss_of(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logp[np.arange(BATCH), labels].mean(), np.exp(logp)


def gradients(p, x, labels):
    a = forward(p, x)
    loss, probabilities = loss_of(a[6], labels)
    d = probabilities
    d[np.arange(BATCH), labels] -= 1
    d /= BATCH
    g = {"layer6.weights": d.T @ a[5], "layer6.bias": d.sum(axis=0)}
    d = (d @ p["layer6.weights"]) * (a[5] > 0)
    g["layer5.weights"], g["layer5.bias"] = d.T @ a[4], d.sum(axis=0)
    d = (d @ p["layer5.weights"]).reshape(a[3].shape) * (a[3] > 0)
    d, g["layer3.weights"], g["layer3.bias"] = convolution_backward(a[2], p["layer3.weights"], 0, d)
    # A tie of two zeros in a window has no effect: ReLU stops their gradients.
    d = pool_backward(a[1], a[2], d) * (a[1] > 0)
    _, g["layer1.weights"], g["layer1.bias"] = convolution_backward(x, p["layer1.weights"], 1, d)
    return a, loss, g


def check(p, x, labels, g):
    for name, values in p.items():
        for _ in range(6):
            place = tuple(generator.integers(0, s) for s in values.shape)
            kept, sides = values[place], []
            for step in (1e-6, -1e-6):
                values[place] = kept + step
                sides.append(loss_of(forward(p, x)[6], labels)[0])
            values[place] = kept
            slope = (sides[0] - sides[1]) / 2e-6
            assert abs(slope - g[name][place]) < 1e-6, (name, place, slope, g[name][place])


shapes = {
    "layer1.weights": (3, 2, 3, 3), "layer1.bias": (3,), "layer3.weights": (4, 3, 2, 2), "layer3.bias": (4,),
    "layer5.weights": (5, 16), "layer5.bias": (5,), "layer6.weights": (4, 5), "layer6.bias": (4,),
}
parameters = {n: rounded(generator.normal(0, 0.5 if n.endswith("weights") else 0.1, s)) for n, s in shapes.items()}
images = rounded(generator.normal(0, 1, (BATCH, 2, 6, 6)))
labels = generator.integers(0, 4, BATCH)

activations, loss, first = gradients(parameters, images, labels)
check(parameters, images, labels, first)
flat = lambda array: [float(v) for v in np.asarray(array).ravel()]
golden = {
    "labels": [int(v) for v in labels], "loss": float(loss),
    "weights": {n: flat(v) for n, v in parameters.items()},
    "activations": [flat(a) for a in activations],
    "gradients": {n: flat(v) for n, v in first.items()},
}
velocity = {n: np.zeros(s) for n, s in shapes.items()}
for _ in range(2):
    _, _, slopes = gradients(parameters, images, labels)
    for name in parameters:
        velocity[name] = MOMENTUM * velocity[name] + slopes[name]
        parameters[name] = parameters[name] - RATE * velocity[name]
golden["weightsAfterTwoSteps"] = {n: flat(v) for n, v in parameters.items()}
path = pathlib.Path(__file__).with_name("tiny_network.json")
path.write_text(json.dumps(golden))
print(f"loss {loss:.6f}; wrote {path.name}")

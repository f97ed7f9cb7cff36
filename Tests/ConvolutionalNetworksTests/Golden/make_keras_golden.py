#!/usr/bin/env python3
"""Writes keras_network.json: the oracle of GoldenKerasTests, computed in float64 by PyTorch, independently of our code.

    /usr/bin/python3 make_keras_golden.py      (Debian's python3-torch; the output is committed, so that the tests do not need it)

The network has the 18 layers of the Keras example (keras_example.py), with few channels and an input of (2, 14, 14):

    1 conv 3, 3x3, same     5 max pool 2    9 conv 4, 3x3, valid    13 flatten     17 dense 4
    2 ReLU                  6 dropout      10 ReLU                  14 dense 6     18 softmax
    3 conv 3, 3x3, valid    7 conv 4, same 11 max pool 2            15 ReLU
    4 ReLU                  8 ReLU         12 dropout               16 dropout

Written down: the activations of all layers in evaluation (dropout is the identity), the loss and the gradients of all weights in a training
without dropout, the weights after one step of gradient descent with momentum 0.9 and rate 0.1, and the gradient of each image's own loss
with respect to the input. The loss is cross-entropy of the logits: it includes the softmax.
"""
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional

BATCH, RATE = 8, 0.1
torch.manual_seed(20180612)


def drawn(deviation, *shape):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return torch.normal(0.0, deviation, shape, dtype=torch.float64).float().double()


layers = nn.Sequential(
    nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
    nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
    nn.Flatten(), nn.Linear(16, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 4), nn.Softmax(1)).double()
for layer in layers:
    if hasattr(layer, "weight"):
        layer.weight.data = drawn(0.4, *layer.weight.shape)
        layer.bias.data = drawn(0.1, *layer.bias.shape)
images = drawn(1.0, BATCH, 2, 14, 14)
labels = torch.randint(0, 4, (BATCH,))


def forward(x):
    """The input and what every layer emits. Each layer reads a copy, so that none can change what the one before has emitted."""
    activations = [x]
    for layer in layers:
        activations.append(layer(activations[-1].clone()))
    return activations


def flat(tensor):
    # Seven digits: about float32's own rounding, and the file stays small.
    return [float(f"{v:.7g}") for v in tensor.detach().flatten().tolist()]


def named(value):
    return {
        f"layer{number}.{ours}": flat(value(getattr(layer, theirs)))
        for number, layer in enumerate(layers, 1) if hasattr(layer, "weight")
        for ours, theirs in (("weights", "weight"), ("bias", "bias"))}


layers.eval()
golden = {"labels": labels.tolist(), "weights": named(lambda p: p.data)}
pixels = images.clone().requires_grad_()
activations = forward(pixels)
golden["activations"] = [flat(a) for a in activations]
functional.cross_entropy(activations[17], labels, reduction="sum").backward()
golden["inputGradient"] = flat(pixels.grad)

layers.zero_grad()
optimizer = torch.optim.SGD(layers.parameters(), lr=RATE, momentum=0.9)
# Still in evaluation: a training whose dropout drops nothing.
loss = functional.cross_entropy(forward(images)[17], labels)
loss.backward()
golden["loss"] = loss.item()
golden["gradients"] = named(lambda p: p.grad)
optimizer.step()
golden["weightsAfterOneStep"] = named(lambda p: p.data)

path = pathlib.Path(__file__).with_name("keras_network.json")
path.write_text(json.dumps(golden, separators=(",", ":")))
print(f"loss {loss.item():.6f}; wrote {path.name}, {path.stat().st_size} bytes")

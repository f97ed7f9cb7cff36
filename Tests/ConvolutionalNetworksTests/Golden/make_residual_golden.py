#!/usr/bin/env python3
"""Writes residual_network.json: the oracle of GoldenResidualTests, computed in float64 by PyTorch, independently of our code.

    /usr/bin/python3 make_residual_golden.py      (Debian's python3-torch; the output is committed, so that the tests do not need it)

The network, with the numbers of the layers that one reads in brackets:

    1 conv 4, 3x3          5 conv 6, 3x3, stride 2 [4]      9 add, ReLU [6, 8]         13 dense 4
    2 batch norm, ReLU     6 batch norm                     10 average pool 2
    3 conv 4, 3x3, ReLU    7 conv 6, 1x1, stride 2 [4]      11 conv 5, 1x1, ReLU
    4 add, ReLU [1, 2, 3]  8 batch norm                     12 global average pool

Written down: the activations of all layers at inference (running statistics), the loss and the gradients of all weights in training (batch
statistics), the weights and running statistics after one step of gradient descent with momentum 0.9 and rate 0.1, and the gradient of
each image's own loss with respect to the input at inference.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

BATCH, RATE = 8, 0.1
torch.manual_seed(20180611)


def drawn(mean, deviation, *shape):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return torch.normal(mean, deviation, shape, dtype=torch.float64).float().double()


def positive(*shape):
    return (torch.rand(shape, dtype=torch.float64) + 0.5).float().double()


CONVOLUTIONS = {1: (4, 2, 3, 3), 3: (4, 4, 3, 3), 5: (6, 4, 3, 3), 7: (6, 4, 1, 1), 11: (5, 6, 1, 1)}
NORMALIZATIONS = {2: 4, 6: 6, 8: 6}
weights, statistics = {}, {}
for layer, shape in CONVOLUTIONS.items():
    weights[f"layer{layer}.weights"] = drawn(0, 0.4, *shape)
    weights[f"layer{layer}.bias"] = drawn(0, 0.1, shape[0])
for layer, channels in NORMALIZATIONS.items():
    weights[f"layer{layer}.weights"] = positive(channels)
    weights[f"layer{layer}.bias"] = drawn(0, 0.2, channels)
    statistics[f"layer{layer}.mean"] = drawn(0, 0.3, channels)
    statistics[f"layer{layer}.variance"] = positive(channels)
weights["layer13.weights"] = drawn(0, 0.7, 4, 5)
weights["layer13.bias"] = drawn(0, 0.1, 4)
images = drawn(0, 1, BATCH, 2, 8, 8)
labels = torch.randint(0, 4, (BATCH,))


def forward(p, s, x, training):
    def conv(layer, x, **options):
        return F.conv2d(x, p[f"layer{layer}.weights"], p[f"layer{layer}.bias"], **options)

    def norm(layer, x):
        name = f"layer{layer}."
        return F.batch_norm(
            x, s[name + "mean"], s[name + "variance"], p[name + "weights"], p[name + "bias"], training=training, momentum=0.1, eps=1e-5)

    a = [x]
    a.append(conv(1, a[0], padding=1))
    a.append(F.relu(norm(2, a[1])))
    a.append(F.relu(conv(3, a[2], padding=1)))
    a.append(F.relu(a[1] + a[2] + a[3]))
    a.append(conv(5, a[4], padding=1, stride=2))
    a.append(norm(6, a[5]))
    a.append(conv(7, a[4], stride=2))
    a.append(norm(8, a[7]))
    a.append(F.relu(a[6] + a[8]))
    a.append(F.avg_pool2d(a[9], 2))
    a.append(F.relu(conv(11, a[10])))
    a.append(F.adaptive_avg_pool2d(a[11], 1))
    a.append(F.linear(a[12].flatten(1), p["layer13.weights"], p["layer13.bias"]))
    return a


def flat(tensor):
    # Seven digits: about float32's own rounding, and the file stays small.
    return [float(f"{v:.7g}") for v in tensor.detach().flatten().tolist()]


def named(tensors):
    return {name: flat(tensor) for name, tensor in tensors.items()}


golden = {"labels": labels.tolist(), "weights": named({**weights, **statistics})}

pixels = images.clone().requires_grad_()
activations = forward(weights, statistics, pixels, training=False)
golden["activations"] = [flat(a) for a in activations]
F.cross_entropy(activations[-1], labels, reduction="sum").backward()
golden["inputGradient"] = flat(pixels.grad)

trained = {name: tensor.clone().requires_grad_() for name, tensor in weights.items()}
running = {name: tensor.clone() for name, tensor in statistics.items()}
optimizer = torch.optim.SGD(trained.values(), lr=RATE, momentum=0.9)
loss = F.cross_entropy(forward(trained, running, images, training=True)[-1], labels)
loss.backward()
golden["loss"] = loss.item()
golden["gradients"] = named({name: tensor.grad for name, tensor in trained.items()})
optimizer.step()
golden["weightsAfterOneStep"] = named({**trained, **running})

path = pathlib.Path(__file__).with_name("residual_network.json")
path.write_text(json.dumps(golden, separators=(",", ":")))
print(f"loss {loss.item():.6f}; wrote {path.name}, {path.stat().st_size} bytes")

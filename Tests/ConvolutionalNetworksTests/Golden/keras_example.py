#!/usr/bin/env python3
"""Trains the Keras example network for CIFAR-10 in PyTorch: the accuracy that CIFAR10_CNN is compared with.

    python3 keras_example.py FOLDER [--images 10000] [--epochs 25] [--seed 1] [--threads 1] [--plain]

FOLDER holds cifar-10-batches-bin. Trains on the first images of the training set and prints, after each epoch, the accuracy on the 2,000
images that follow them. One line per epoch: epoch, mean training loss in nats (with dropout), held-out accuracy, seconds since the start.

The network and its training are those of keras 2.x, examples/cifar10_cnn.py:
  - convolution 32 3x3 same, convolution 32 3x3 valid, max pool 2, dropout 0.25, convolution 64 same, convolution 64 valid, max pool 2,
    dropout 0.25, dense 512, dropout 0.5, dense 10; ReLU after all but the last; weights Glorot-uniform, biases zero;
  - RMSprop(learning rate 1e-4, rho 0.9, epsilon 1e-7, decay 1e-6: rate / (1 + decay * step)), batches of 32, categorical cross-entropy;
  - images as pixel / 255; each is shifted by up to 0.1 of its width and of its height (uniform, linear interpolation, the border repeated)
    and mirrored with probability 0.5. `--plain` leaves shifts and mirroring away.
"""
import argparse
import pathlib
import time

import torch
from torch import nn
from torch.nn import functional

HELD_OUT, BATCH, RATE, DECAY, SHIFT = 2_000, 32, 1e-4, 1e-6, 0.1


def read(folder, count):
    """The first `count` training images as float32 (count, 3, 32, 32) in [0, 1], and their classes."""
    files = sorted((pathlib.Path(folder) / "cifar-10-batches-bin").glob("data_batch_?.bin"))
    if not files:
        raise SystemExit(f"{folder}: has no cifar-10-batches-bin/data_batch_1.bin")
    rows = torch.frombuffer(bytearray(b"".join(file.read_bytes() for file in files)), dtype=torch.uint8).view(-1, 3073)
    if len(rows) < count or files[0].name != "data_batch_1.bin":
        raise SystemExit(f"{folder}: cifar-10-batches-bin has {len(rows)} training images, the first {count} are needed")
    return rows[:count, 1:].reshape(-1, 3, 32, 32).float() / 255, rows[:count, 0].long()


def network():
    layers = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Flatten(), nn.Linear(64 * 6 * 6, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))
    for layer in layers:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return layers


def varied(images, generator):
    """Each image shifted by a fraction of a pixel or more, and every second one, on average, mirrored."""
    count = len(images)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    matrix[:, 1, 1] = 1
    # The coordinates of affine_grid run from -1 to 1: a shift of 0.1 of the width is 0.2.
    matrix[:, :, 2] = (torch.rand(count, 2, generator=generator) * 2 - 1) * 2 * SHIFT
    grid = functional.affine_grid(matrix, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        right = sum((model(part).argmax(1) == wanted).sum().item() for part, wanted in zip(images.split(250), labels.split(250)))
    return right / len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)

    images, labels = read(options.folder, options.images + HELD_OUT)
    model = network()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=RATE, alpha=0.9, eps=1e-7)
    print(f"# {options}; {sum(p.numel() for p in model.parameters())} parameters; torch {torch.__version__}")
    print("epoch,training_loss,held_out_accuracy,seconds", flush=True)
    start, step = time.monotonic(), 0
    for epoch in range(1, options.epochs + 1):
        model.train()
        total = 0.0
        for rows in torch.randperm(options.images, generator=generator).split(BATCH):
            batch = images[rows] if options.plain else varied(images[rows], generator)
            optimizer.param_groups[0]["lr"] = RATE / (1 + DECAY * step)
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(batch), labels[rows])
            loss.backward()
            optimizer.step()
            step += 1
            total += loss.item() * len(rows)
        held_out = accuracy(model, images[options.images:], labels[options.images:])
        print(f"{epoch},{total / options.images:.4f},{held_out:.4f},{time.monotonic() - start:.1f}", flush=True)


if __name__ == "__main__":
    main()

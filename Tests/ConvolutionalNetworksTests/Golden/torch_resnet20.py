"""The logits of the pretrained ResNet-20 with option A shortcuts in PyTorch: JSON on standard output.

    python3 torch_resnet20.py resnet20-cifar10.safetensors data_batch_2.bin 100

The network is that of github.com/akamaster/pytorch_resnet_cifar10; its input is normalised by ImageNet's constants. Neither the weights nor the
images are a part of this project.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def load(path):
    data = open(path, "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    header, data = json.loads(data[8:8 + size]), data[8 + size:]
    header.pop("__metadata__", None)
    types = {"F32": "<f4", "I64": "<i8"}
    return {name: torch.from_numpy(np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"]).copy())
            for name, entry in header.items()}


class Block(nn.Module):
    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False), nn.BatchNorm2d(planes)
        self.planes, self.changes = planes, stride != 1 or inputs != planes

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.changes:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.planes // 4, self.planes // 4))
        return F.relu(y + x)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16, 1), Block(16, 16, 1), Block(16, 16, 1))
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(F.avg_pool2d(x, 8).flatten(1))


weights, batch, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
network = ResNet().eval()
state = load(weights)
missing, unexpected = network.load_state_dict(state, strict=False)
assert all(name.endswith("num_batches_tracked") for name in missing) and not unexpected, (missing, unexpected)
records = np.fromfile(batch, "u1").reshape(-1, 3073)[:count]
pixels = records[:, 1:].reshape(-1, 3, 32, 32).astype("f4") / 255
mean, deviation = (np.array(v, "f4")[:, None, None] for v in ([.485, .456, .406], [.229, .224, .225]))
with torch.no_grad():
    logits = network(torch.from_numpy((pixels - mean) / deviation)).numpy()
print(json.dumps({"logits": [float(v) for v in logits.ravel()], "labels": records[:, 0].tolist()}))

"""Random layers in PyTorch, as networks in YAML with their weights, input and output: JSON on standard output.

    python3 torch_layers.py 1 1 > torch_layers.json      # seed 1, one network of each kind: the golden file, made with PyTorch 1.13.1
    python3 torch_layers.py 7 12                         # others, for the test that runs this where PyTorch is installed

Each network has the layer under test last or before a batch normalization, so that layouts meet. Sizes are odd on purpose.
"""
import json
import random
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

seed, repeats = int(sys.argv[1]), int(sys.argv[2])
random.seed(seed)
torch.manual_seed(seed)
number = random.randint


def flat(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().reshape(-1).tolist()]


def randomized(module):
    """Parameters and running statistics that are no identity."""
    with torch.no_grad():
        for name, tensor in list(module.named_parameters()) + list(module.named_buffers()):
            if tensor.dtype != torch.float32:
                continue
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            else:
                tensor.normal_(0, 0.5)
    return module.eval()


def shape():
    # The golden file stays small; blocks of 16 channels are for the others.
    return [number(1, 4), number(5, 7), number(5, 7)] if repeats == 1 else [number(1, 20), number(5, 11), number(5, 11)]


def convolution():
    groups = random.choice([1, 1, 2, 3])
    c, (_, h, w) = groups * number(1, 4), shape()
    out = groups * number(1, 4)
    if random.random() < 0.3:
        groups, out = c, c * number(1, 2)  # depthwise
    kernel, stride = [number(1, 4), number(1, 4)], [number(1, 3), number(1, 3)]
    dilation = [number(1, 2), number(1, 2)]
    sides = [number(0, 3) for _ in range(4)]
    bias = random.random() < 0.7
    relu = random.random() < 0.5
    net = randomized(nn.Conv2d(c, out, kernel, stride, 0, dilation, groups, bias))

    def run(x):
        y = net(F.pad(x, (sides[2], sides[3], sides[0], sides[1])))
        return F.relu(y) if relu else y

    text = (f"convolution: {{channels: {out}, kernel: {kernel}, stride: {stride}, padding: {sides}, dilation: {dilation}, groups: {groups}, "
            f"bias: {str(bias).lower()}, relu: {str(relu).lower()}, module: m}}")
    return [c, h, w], [text], {"m": net}, run


def named_padding():
    c, h, w = shape()
    kernel, dilation, padding = random.choice([1, 3, 5]), number(1, 2), random.choice(["same", "valid"])
    if padding == "valid" and (kernel - 1) * dilation + 1 > min(h, w):
        kernel = 3
    net = randomized(nn.Conv2d(c, 5, kernel, dilation=dilation, padding=padding))
    text = f"convolution: {{channels: 5, kernel: {kernel}, dilation: {dilation}, padding: {padding}, relu: false, module: m}}"
    return [c, h, w], [text], {"m": net}, net


def pooling(kind):
    c, h, w = shape()
    size = [number(2, 4), number(2, 4)]
    stride = [number(1, 3), number(1, 3)]
    padding = [number(0, size[0] // 2), number(0, size[1] // 2)]
    counts = random.random() < 0.5
    text = f"{kind}: {{size: {size}, stride: {stride}, padding: {padding}"
    if kind == "maxPool":
        return [c, h, w], [text + "}"], {}, nn.MaxPool2d(size, stride, padding)
    return [c, h, w], [text + f", countPadding: {str(counts).lower()}}}"], {}, nn.AvgPool2d(size, stride, padding, count_include_pad=counts)


def global_pooling(kind):
    net = nn.AdaptiveAvgPool2d(1) if kind == "globalAveragePool" else nn.AdaptiveMaxPool2d(1)
    return shape(), [kind], {}, net


def batch_normalization():
    c, h, w = shape()
    epsilon = random.choice([1e-5, 1e-3])
    net = randomized(nn.BatchNorm2d(c, eps=epsilon))
    return [c, h, w], [f"batchNormalization: {{relu: false, epsilon: {epsilon}, module: m}}"], {"m": net}, net


def layer_normalization(over):
    c, h, w = shape()
    net = randomized(nn.LayerNorm([c, h, w] if over == "example" else [c]))
    run = net if over == "example" else lambda x: net(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    return [c, h, w], [f"layerNormalization: {{over: {over}, module: m}}"], {"m": net}, run


def after_convolution(text, function):
    """Behind a convolution, whose channels may not fill their blocks."""
    c, h, w = shape()
    out = number(3, 19)
    net = randomized(nn.Conv2d(c, out, 3, padding=1))
    return [c, h, w], [f"convolution: {{channels: {out}, relu: false, module: m}}", text], {"m": net}, lambda x: function(net(x))


def leaky():
    slope = round(random.uniform(0.01, 0.4), 3)
    return after_convolution(f"leakyRelu: {{slope: {slope}}}", lambda x: F.leaky_relu(x, slope))


def gelu(approximate):
    # PyTorch 1.13 takes `approximate` in functional form.
    return after_convolution(f"gelu: {{approximate: {approximate}}}", lambda x: F.gelu(x, approximate=approximate))


def softmax():
    return after_convolution("softmax", lambda x: torch.softmax(x, 1))


def concatenation():
    c, h, w = shape()
    a, b = randomized(nn.Conv2d(c, number(1, 9), 3, padding=1)), randomized(nn.Conv2d(c, number(1, 9), 1))
    layers = [f"convolution: {{channels: {a.out_channels}, relu: false, module: a}}",
              f"convolution: {{channels: {b.out_channels}, kernel: 1, relu: false, inputs: [0], module: b}}",
              "concatenate: {inputs: [2, 0, 1]}"]
    return [c, h, w], layers, {"a": a, "b": b}, lambda x: torch.cat([b(x), x, a(x)], 1)


def shortcut():
    c, h, w = shape()
    stride, before, behind = number(1, 3), number(0, 5), number(0, 5)
    run = lambda x: F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, before, behind))
    return [c, h, w], [f"shortcut: {{stride: {stride}, before: {before}, behind: {behind}}}"], {}, run


def perceptron():
    d, hidden = number(3, 40), number(2, 30)
    first, norm, second = randomized(nn.Linear(d, hidden, bias=False)), randomized(nn.LayerNorm(hidden)), randomized(nn.Linear(hidden, 4))
    layers = [f"dense: {{units: {hidden}, bias: false, relu: false, module: net.0}}", "layerNormalization: {module: net.1}", "silu",
              "dense: {units: 4, relu: false, module: net.3}"]
    return [d], layers, {"net.0": first, "net.1": norm, "net.3": second}, nn.Sequential(first, norm, nn.SiLU(), second)


def batch_normalized_perceptron():
    d = number(3, 40)
    first, norm = randomized(nn.Linear(d, 6)), randomized(nn.BatchNorm1d(6))
    layers = ["dense: {units: 6, relu: false, module: a}", "batchNormalization: {module: b}", "tanh"]
    return [d], layers, {"a": first, "b": norm}, lambda x: torch.tanh(F.relu(norm(first(x))))


def flattened():
    c, h, w = shape()
    a = randomized(nn.Conv2d(c, 3, 3, stride=2, padding=1))
    b = randomized(nn.Linear(3 * ((h - 1) // 2 + 1) * ((w - 1) // 2 + 1), 5))
    layers = ["convolution: {channels: 3, stride: 2, module: a}", "flatten", "dense: {units: 5, relu: false, module: b}"]
    return [c, h, w], layers, {"a": a, "b": b}, lambda x: b(F.relu(a(x)).flatten(1))


KINDS = {
    "convolution": convolution, "convolution, padding by name": named_padding, "maxPool": lambda: pooling("maxPool"), "averagePool": lambda: pooling("averagePool"),
    "globalAveragePool": lambda: global_pooling("globalAveragePool"), "globalMaxPool": lambda: global_pooling("globalMaxPool"),
    "batchNormalization": batch_normalization, "layerNormalization of examples": lambda: layer_normalization("example"),
    "layerNormalization of channels": lambda: layer_normalization("channels"), "leakyRelu": leaky, "gelu": lambda: gelu("none"),
    "gelu by tanh": lambda: gelu("tanh"), "silu": lambda: after_convolution("silu", F.silu),
    "sigmoid": lambda: after_convolution("sigmoid", torch.sigmoid), "tanh": lambda: after_convolution("tanh", torch.tanh), "softmax": softmax,
    "concatenate": concatenation, "shortcut": shortcut, "perceptron": perceptron, "batch-normalized perceptron": batch_normalized_perceptron,
    "flattened": flattened,
}


def case(kind):
    while True:
        size, layers, modules, run = KINDS[kind]()
        x = torch.randn([2] + size)
        try:
            with torch.no_grad():
                y = run(x)
        except RuntimeError:  # a kernel that does not fit
            continue
        if y.numel() > 0:
            break
    tensors = {f"{name}.{key}": {"shape": list(value.shape), "values": flat(value)}
               for name, module in modules.items() for key, value in module.state_dict().items() if value.dtype == torch.float32}
    yaml = f"name: {json.dumps(kind)}\ninput: {size}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return {"kind": kind, "yaml": yaml, "tensors": tensors, "input": flat(x), "output": flat(y), "shape": list(y.shape)[1:]}


print(json.dumps({"torch": torch.__version__, "cases": [case(kind) for kind in KINDS for _ in range(repeats)]}))

"""Numbers of PyTorch's layers that imported networks are made of, in double precision.

    python graph_layers_golden.py > ../resources/io/bayes4j/layers/graph-layers.json

Inputs are multiples of 1/8, all different and none where a function bends; gradients are of sum(y * g). Written with
torch 2.15.
"""
import json, torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
PRELU = torch.tensor([0.25, -0.5, 0.125])
GAMMA, BETA = torch.tensor([1.5, -0.75, 0.5]), torch.tensor([0.25, 0.5, -1.0])
CASES = {
    "relu6": ([2, 3, 5], F.relu6),
    "hardswish": ([2, 3, 5], F.hardswish),
    "hardsigmoid": ([2, 3, 5], F.hardsigmoid),
    "mish": ([2, 3, 5], F.mish),
    "gelu": ([2, 3, 5], F.gelu),
    "leaky": ([2, 3, 5], lambda x: F.leaky_relu(x, 0.2)),
    "elu": ([2, 3, 5], lambda x: F.elu(x, 0.5)),
    "clamp": ([2, 3, 5], lambda x: x.clamp(-0.25, 1.25)),
    "prelu": ([2, 3, 5], lambda x: F.prelu(x, PRELU)),
    "softmax last": ([2, 3, 5], lambda x: x.softmax(-1)),
    "softmax 1": ([2, 3, 5], lambda x: x.softmax(1)),
    "instance": ([2, 3, 4, 5], lambda x: F.instance_norm(x, weight=GAMMA, bias=BETA)),
    "channel": ([2, 3, 4, 5], lambda x: F.layer_norm(x.permute(0, 2, 3, 1), [3], GAMMA, BETA, 1e-6).permute(0, 3, 1, 2)),
    "adaptive": ([2, 3, 7, 5], lambda x: F.adaptive_avg_pool2d(x, (3, 2))),
    "adaptive up": ([1, 2, 3], lambda x: F.adaptive_avg_pool1d(x, 5)),
    "adaptive max": ([2, 3, 7, 5], lambda x: F.adaptive_max_pool2d(x, (3, 2))),
    "adaptive max up": ([1, 2, 3], lambda x: F.adaptive_max_pool1d(x, 5)),
    "adaptive max even": ([2, 2, 6, 4, 2], lambda x: F.adaptive_max_pool3d(x, (3, 2, 1))),
    "nearest": ([2, 3, 3, 4], lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "nearest size": ([2, 3, 3, 4], lambda x: F.interpolate(x, size=(5, 3), mode="nearest")),
    "linear": ([2, 3, 3, 4], lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "linear corners": ([2, 3, 3, 4], lambda x: F.interpolate(x, size=(5, 7), mode="bilinear", align_corners=True)),
    "linear 1d": ([2, 3, 5], lambda x: F.interpolate(x, scale_factor=1.5, mode="linear")),
    "pad": ([2, 3, 3, 4], lambda x: F.pad(x, (1, 2, 0, 3), value=0.5)),
    "pad negative": ([2, 3, 4, 4], lambda x: F.pad(x, (-1, 2, 1, -2))),
    "pad reflect": ([2, 3, 3, 4], lambda x: F.pad(x, (1, 2, 2, 0), mode="reflect")),
    "pad replicate": ([2, 3, 3, 4], lambda x: F.pad(x, (1, 2, 2, 0), mode="replicate")),
    "slice": ([2, 3, 7], lambda x: x[:, :, 1:-1:2]),
    "slice whole": ([2, 3, 7], lambda x: x[:, 1:]),
    "flip": ([2, 3, 7], lambda x: x.flip(2)),
    "pick": ([2, 3, 7], lambda x: x[:, [2, 0, 2]]),
    "mean": ([2, 3, 4, 5], lambda x: x.mean((2, 3))),
    "sum": ([2, 3, 4, 5], lambda x: x.sum((1, 3), keepdim=True)),
}


def numbers(tensor):
    return dict(shape=list(tensor.shape), data=[float(f"{v:.9g}") for v in tensor.flatten().tolist()])


def case(name, shape, function):
    torch.manual_seed(1)
    n = torch.Size(shape).numel()
    x = ((torch.randperm(n).double() - n // 2) / 8 + 1 / 16).reshape(shape).requires_grad_()
    y = function(x)
    g = torch.randint(-8, 9, y.shape).double() / 4
    (y * g).sum().backward()
    return dict(name=name, **{k: numbers(v) for k, v in dict(x=x, y=y, g=g, grad=x.grad).items()})


print("[\n" + ",\n".join(json.dumps(case(n, *c), separators=(",", ":")) for n, c in CASES.items()) + "\n]")

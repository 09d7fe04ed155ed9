"""Numbers of PyTorch's pooling layers and their gradients, in double precision.

    python pooling_golden.py > ../resources/io/bayes4j/core/testing/golden/pooling.json

Inputs are multiples of 1/4 all different; gradients are of sum(y * g). Written with torch 2.15.
"""
import itertools, json, torch
from torch import nn

CASES = [
    # kind, rank, input, options
    ("max", 1, [2, 3, 7], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True)),
    ("max", 1, [4, 8, 1], dict(kernel_size=5, stride=1, padding=2)),
    ("max", 1, [1, 16, 2], dict(kernel_size=7, stride=1, padding=3, ceil_mode=True)),
    ("max", 1, [2, 3, 9], dict(kernel_size=3, stride=2, padding=1, dilation=3)),
    ("max", 1, [1, 2, 2], dict(kernel_size=3, stride=2, ceil_mode=True)),
    ("max", 1, [1, 2, 5], dict(kernel_size=1, stride=3, ceil_mode=True)),
    ("max", 2, [2, 3, 5, 4], dict(kernel_size=[3, 2], stride=[2, 1], padding=[1, 0])),
    ("max", 2, [2, 3, 6, 7], dict(kernel_size=[3, 2], stride=[2, 3], padding=[1, 1], ceil_mode=True)),
    ("max", 2, [1, 8, 7, 6], dict(kernel_size=[2, 3], stride=[1, 2], padding=[1, 0], dilation=[2, 1], ceil_mode=True)),
    ("max", 2, [4, 8, 4, 4], dict(kernel_size=13, stride=1, padding=6)),
    ("max", 2, [1, 17, 5, 5], dict(kernel_size=2, stride=2, ceil_mode=True)),
    ("max", 3, [1, 3, 4, 3, 5], dict(kernel_size=[2, 3, 2], stride=[2, 1, 3], padding=[0, 1, 1], ceil_mode=True)),
    ("max", 3, [2, 2, 3, 4, 5], dict(kernel_size=2, stride=1, padding=[1, 0, 1], dilation=[1, 2, 3])),
    ("avg", 1, [2, 3, 7], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True)),
    ("avg", 1, [2, 3, 6], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)),
    ("avg", 1, [4, 8, 1], dict(kernel_size=5, stride=1, padding=2)),
    ("avg", 1, [4, 8, 1], dict(kernel_size=5, stride=1, padding=2, count_include_pad=False)),
    ("avg", 1, [1, 2, 2], dict(kernel_size=3, stride=2, ceil_mode=True)),
    ("avg", 2, [2, 3, 6, 7], dict(kernel_size=[3, 2], stride=[2, 3], padding=[1, 1], ceil_mode=True)),
    ("avg", 2, [2, 3, 6, 7], dict(kernel_size=[3, 2], stride=[2, 3], padding=[1, 1], ceil_mode=True, count_include_pad=False)),
    ("avg", 2, [2, 16, 5, 4], dict(kernel_size=[2, 3], stride=[1, 2], padding=[1, 1], count_include_pad=False)),
    ("avg", 2, [1, 3, 5, 4], dict(kernel_size=[3, 2], stride=2, padding=[1, 0], divisor_override=5)),
    ("avg", 2, [4, 8, 4, 4], dict(kernel_size=13, stride=1, padding=6)),
    ("avg", 3, [1, 3, 4, 3, 5], dict(kernel_size=[2, 3, 2], stride=[2, 1, 3], padding=[0, 1, 1], ceil_mode=True)),
    ("avg", 3, [1, 3, 4, 3, 5], dict(kernel_size=[2, 3, 2], stride=[2, 1, 3], padding=[0, 1, 1], ceil_mode=True, count_include_pad=False)),
    ("avg", 3, [2, 2, 3, 4, 5], dict(kernel_size=2, stride=[2, 1, 2], padding=1, divisor_override=3)),
]


def listed(value, rank):
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def case(kind, rank, shape, options):
    layer = getattr(nn, f"{kind.capitalize()}Pool{rank}d")(**options)
    torch.manual_seed(1)
    n = torch.Size(shape).numel()
    x = ((torch.randperm(n).double() - n // 2) / 4).reshape(shape).requires_grad_()
    y = layer(x)
    g = (torch.randint(-8, 9, y.shape).double()) / 4
    (y * g).sum().backward()
    result = dict(kind=kind, rank=rank, kernel=listed(options["kernel_size"], rank))
    result["stride"] = listed(options.get("stride", options["kernel_size"]), rank)
    result["padding"] = listed(options.get("padding", 0), rank)
    result["dilation"] = listed(options.get("dilation", 1), rank)
    result["ceil"] = options.get("ceil_mode", False)
    result["count"] = options.get("count_include_pad", True)
    result["divisor"] = options.get("divisor_override", 0)
    for name, tensor in dict(x=x, y=y, g=g, grad=x.grad).items():
        result[name] = dict(shape=list(tensor.shape), data=[float(f"{v:.9g}") for v in tensor.flatten().tolist()])
    return result


print("[\n" + ",\n".join(json.dumps(case(*c), separators=(",", ":")) for c in CASES) + "\n]")

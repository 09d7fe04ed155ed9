"""Writes attention.json: what PyTorch's attention computes in double precision.

Usage: python attention_golden.py > ../resources/io/bayes4j/layers/attention.json
Each case has the module's state by PyTorch's names, inputs, the output y, weights g and the gradients of sum(y * g).
"""

import json
import sys

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.8g}") for v in tensor.detach().reshape(-1).tolist()]}


def state(module):
    """Values that floats can hold, so that both sides start from the same."""
    for parameter in module.parameters():
        parameter.data = (torch.randn_like(parameter) * 0.6).float().double()
    return {"state." + name: numbers(value) for name, value in module.state_dict().items()}


def draw(*shape):
    return torch.randn(*shape).float().double()


def case(name, kind, config, module, inputs, call):
    tensors = state(module)
    leaves = {n: v.requires_grad_() for n, v in inputs.items()}
    y = call(module, **leaves)
    g = draw(*y.shape)
    (y * g).sum().backward()
    tensors.update({n: numbers(v) for n, v in leaves.items()})
    tensors.update({"grad_" + n: numbers(v.grad) for n, v in leaves.items()})
    tensors.update({"grad_state." + n: numbers(p.grad) for n, p in module.named_parameters()})
    tensors.update({"y": numbers(y), "g": numbers(g)})
    return {"case": name, "kind": kind, "config": config, "tensors": tensors}


PADDING = [[False, False, True], [False, True, False]]


def causal(length):
    return nn.Transformer.generate_square_subsequent_mask(length)


def attention(name, inputs, call, **config):
    module = nn.MultiheadAttention(4, 2, batch_first=True, **config)
    return case(name, "attention", {"units": 4, "heads": 2, **config}, module, inputs, call)


def encoder(name, mask, depth=0, **config):
    module = nn.TransformerEncoderLayer(4, 2, 5, dropout=0.0, batch_first=True, **config)
    call = lambda m, x: m(x, src_mask=causal(3) if mask else None)
    if depth:
        module = nn.TransformerEncoder(module, depth, norm=nn.LayerNorm(4), enable_nested_tensor=False)
        call = lambda m, x: m(x, src_key_padding_mask=torch.tensor(PADDING) if mask else None)
    config = {"units": 4, "heads": 2, "feedforward": 5, "mask": mask, "depth": depth, **config}
    return case(name, "encoder" if depth else "encoder_layer", config, module, {"x": draw(2, 3, 4)}, call)


def cases():
    own = lambda m, x: m(x, x, x, need_weights=False)[0]
    masked = lambda m, x: m(x, x, x, attn_mask=causal(3), key_padding_mask=torch.tensor(PADDING).double() * -1e30)[0]
    cross = lambda m, query, key, value: m(query, key, value)[0]
    padded = lambda m, query, key, value: m(query, key, value, key_padding_mask=torch.tensor(PADDING))[0]
    three = lambda k, v: {"query": draw(2, 2, 4), "key": draw(2, 3, k), "value": draw(2, 3, v)}
    yield attention("self", {"x": draw(2, 3, 4)}, own)
    yield attention("self-no-bias", {"x": draw(2, 3, 4)}, own, bias=False)
    yield attention("self-causal-padding", {"x": draw(2, 3, 4)}, masked)
    yield attention("cross", three(4, 4), cross)
    yield attention("cross-padding-kdim-vdim", three(3, 5), padded, kdim=3, vdim=5)
    yield encoder("post-relu", False)
    yield encoder("post-gelu-causal", True, activation="gelu")
    yield encoder("pre-gelu", False, activation="gelu", norm_first=True, layer_norm_eps=1e-3)
    yield encoder("stack-pre-padding", True, depth=2, norm_first=True)


torch.manual_seed(20)
json.dump(list(cases()), sys.stdout, separators=(",", ":"))
print()

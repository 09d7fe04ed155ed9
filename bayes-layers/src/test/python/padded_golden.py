"""Writes padded.json: what PyTorch's packed LSTM and GRU compute in double precision.

Usage: python padded_golden.py > ../resources/io/bayes4j/layers/padded.json
Each case has the module's state by PyTorch's names, padded inputs x, initial states h and c, the lengths, the output y
of pad_packed_sequence, the last states hn and cn, weights g, gh, gc, and the gradients of the sum of all three times
their weights.
"""

import json
import sys

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.8g}") for v in tensor.detach().reshape(-1).tolist()]}


def draw(*shape):
    return torch.randn(*shape).float().double()


def case(name, kind, lengths, steps, **config):
    module = {"lstm": nn.LSTM, "gru": nn.GRU}[kind](3, 2, batch_first=True, **config)
    for parameter in module.parameters():
        parameter.data = (torch.randn_like(parameter) * 0.6).float().double()
    n = len(lengths)
    directions = 2 if config.get("bidirectional") else 1
    states = config.get("num_layers", 1) * directions
    leaves = {"x": draw(n, steps, 3), "h": draw(states, n, 2)}
    if kind == "lstm":
        leaves["c"] = draw(states, n, 2)
    for leaf in leaves.values():
        leaf.requires_grad_()
    initial = (leaves["h"], leaves["c"]) if kind == "lstm" else leaves["h"]
    packed = pack_padded_sequence(leaves["x"], torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, last = module(packed, initial)
    y, _ = pad_packed_sequence(out, batch_first=True, total_length=steps)
    results = {"y": y, "hn": last[0], "cn": last[1]} if kind == "lstm" else {"y": y, "hn": last}
    weights = {"g" + n.removesuffix("n").replace("y", ""): draw(*v.shape) for n, v in results.items()}
    sum((v * w).sum() for v, w in zip(results.values(), weights.values())).backward()
    tensors = {"state." + n: numbers(v) for n, v in module.state_dict().items()}
    tensors.update({n: numbers(v) for n, v in {**leaves, **results, **weights}.items()})
    tensors.update({"grad_" + n: numbers(v.grad) for n, v in leaves.items()})
    tensors.update({"grad_state." + n: numbers(p.grad) for n, p in module.named_parameters()})
    config = {"layers": config.get("num_layers", 1), "bidirectional": directions == 2}
    return {"case": name, "kind": kind, "config": config, "lengths": lengths, "tensors": tensors}


def cases():
    for kind in ("lstm", "gru"):
        yield case(kind, kind, [4, 1, 3], 4)
        yield case(kind + "-shorter-than-all-steps", kind, [2, 3], 5)
        yield case(kind + "-bidirectional", kind, [2, 5, 1, 3], 5, bidirectional=True)
        yield case(kind + "-layers", kind, [1, 4, 2], 4, num_layers=2)
        yield case(kind + "-both", kind, [3, 1, 4], 4, num_layers=2, bidirectional=True)


torch.manual_seed(11)
json.dump(list(cases()), sys.stdout, separators=(",", ":"))
print()

"""Writes the files of torch.save that TorchFilesTest reads, and what is in them as arrays of NumPy.

    python torch_files.py FOLDER        with PyTorch 2.15
    python torch_files.py FOLDER old    with PyTorch 1.0.0 and Python 3.6: old.pt, old-state.npz

Numbers are small multiples of 1/8, which every float type here holds exactly.
"""
import argparse
import collections
import os
import sys

import numpy as np
import torch


def numbers(*shape, **options):
    count = int(np.prod(shape))
    step = options.get("first", 0)
    values = (np.arange(count) + step) % 61 - 30
    return torch.from_numpy((values / 8.0).astype("float32").reshape(shape))


def net(seed):
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    first = seed
    for parameter in list(model.parameters()) + [model[1].running_mean]:
        with torch.no_grad():
            parameter.copy_(numbers(*parameter.shape, first=first))
        first += 17
    return model


def arrays(path, state):
    np.savez(path, **{k: np.array(v.detach().float().numpy(), order="C") for k, v in state.items()})


def old(folder):
    model = net(5)
    torch.save({"epoch": 3, "state_dict": model.state_dict(), "best": np.float64(0.5)},
               os.path.join(folder, "old.pt"))
    arrays(os.path.join(folder, "old-state.npz"), {k: v for k, v in model.state_dict().items()})


def layouts():
    """A state whose tensors lie in memory in every way that there is."""
    base = numbers(6, 8)
    wide = numbers(10)
    shared = numbers(5, 3, first=9)
    return collections.OrderedDict([
        ("transposed", base.t()),
        ("columns", base[:, 2:5]),
        ("every.second", base[::2, 1::3]),
        ("offset", wide[3:7]),
        ("permuted", numbers(2, 3, 4).permute(2, 0, 1)),
        ("channels.last", numbers(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)),
        ("expanded", numbers(4, 1).expand(4, 3)),
        ("tied.a", shared), ("tied.b", shared), ("tied.view", shared.view(3, 5)),
        ("scalar", torch.tensor(2.5)),
        ("empty", torch.zeros(0, 3)),
        ("one.row", base[1:2, :].t()),
    ])


def types():
    x = numbers(3, 7)
    return collections.OrderedDict([
        ("half", x.half()), ("bfloat16", x.bfloat16()), ("double", x.double()),
        ("long", (x * 8).long()), ("int", (x * 8).int()), ("char", (x * 2).to(torch.int8)),
        ("byte", (x * 8 + 30).to(torch.uint8)), ("bool", x > 0),
    ])


def others(state):
    state["complex"] = torch.zeros(2, dtype=torch.complex64)
    state["short"] = torch.zeros(2, dtype=torch.int16)
    state["float8"] = torch.zeros(2, dtype=torch.float8_e4m3fn)
    state["quantized"] = torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8)
    state["sparse"] = torch.eye(2).to_sparse()
    state["meta"] = torch.zeros(2, device="meta")
    state["text"] = "no tensor"
    return state


def new(folder):
    def path(name):
        return os.path.join(folder, name)

    for name, state in (("layouts", layouts()), ("types", types())):
        arrays(path(name + ".npz"), state)
        torch.save(state, path(name + ".pt"))
        torch.save(state, path(name + "-legacy.pt"), _use_new_zipfile_serialization=False)
    for protocol in (3, 4, 5):
        torch.save(layouts(), path("layouts-protocol%d.pt" % protocol), pickle_protocol=protocol)
    torch.save(others(types()), path("others.pt"))

    model = net(5)
    arrays(path("state.npz"), model.state_dict())
    optimizer = torch.optim.Adam(model.parameters())
    model(numbers(4, 3)).sum().backward()
    optimizer.step()
    model = net(5)
    state = model.state_dict()
    wrapped = collections.OrderedDict(("module._orig_mod." + k, v) for k, v in state.items())
    torch.save({
        "epoch": 7, "arch": "net", "best": np.float32(0.25), "metric": torch.tensor(0.5),
        "args": argparse.Namespace(lr=0.1, sizes=[1, 2], name=None),
        "history": [1.5, (2, "x"), {"a": {1, 2}}], "big": 2 ** 90,
        "optimizer": optimizer.state_dict(), "state_dict": wrapped,
    }, path("checkpoint.pth"))
    torch.save(collections.OrderedDict(model.named_parameters()), path("parameters.pt"))
    torch.save({"generator": model.state_dict(), "critic": model.state_dict()}, path("two.pt"))
    torch.save(model, path("module.pt"))
    torch.save(numbers(2), path("tensor.pt"))
    torch.jit.script(model).save(path("program.pt"))


if __name__ == "__main__":
    (old if "old" in sys.argv[2:] else new)(sys.argv[1])

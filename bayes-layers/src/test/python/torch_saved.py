"""Loads what TorchStateDict.save wrote into PyTorch's modules, strictly, and compares what both compute.

    java ... io.bayes4j.layers.io.SavedForTorch FOLDER
    python torch_saved.py FOLDER

Checked with torch 2.15 and safetensors 0.8.
"""
import json, pathlib, sys, torch
from safetensors.torch import load_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.norm = nn.Linear(4, 4), nn.LayerNorm(4)
        self.decoder = self.encoder

    def forward(self, x):
        return self.decoder(self.norm(self.encoder(x)))


def layer(**options):
    return nn.TransformerEncoderLayer(4, 2, 5, dropout=0.0, batch_first=True, **options)


def encoder():
    return nn.TransformerEncoder(layer(norm_first=True), 2, norm=nn.LayerNorm(4), enable_nested_tensor=False)


def attention(**options):
    return nn.MultiheadAttention(4, 2, batch_first=True, **options)


MODULES = {
    "attention": attention(),
    "attention_without_bias": attention(bias=False),
    "bayesian_attention": attention(),
    "encoder_layer": layer(),
    "encoder": encoder(),
    "in_a_chain": nn.Sequential(nn.Linear(4, 4), encoder()),
    "lstm": nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True),
    "gru": nn.GRU(4, 3, 2, batch_first=True, bidirectional=True),
    "tied": Tied(),
    "cnn": nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(24, 3)),
}


def tensor(numbers):
    return torch.tensor(numbers["data"]).reshape(numbers["shape"])


def call(module, x):
    y = module(x, x, x) if isinstance(module, nn.MultiheadAttention) else module(x)
    return y[0] if isinstance(y, tuple) else y


folder = pathlib.Path(sys.argv[1])
assert {f.stem for f in folder.glob("*.json")} == set(MODULES)
for name, module in MODULES.items():
    module.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True)
    numbers = json.loads((folder / f"{name}.json").read_text())
    expected = tensor(numbers["y"])
    with torch.no_grad():
        error = (call(module.eval(), tensor(numbers["x"])) - expected).abs().max() / expected.abs().max()
    assert error < 1e-5, (name, error)
    print(f"{name}: loaded strictly, largest difference {error:.1e} of the largest output")

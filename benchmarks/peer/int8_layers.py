"""What of Bayesian-Torch's own INT8 path runs, and how long ten draws take, to be put beside ours.

pip install torch bayesian-torch, then:
  python benchmarks/peer/int8_layers.py layers
  python benchmarks/peer/int8_layers.py resnet20|cnn [BATCH [RUNS]]
  benchmarks/run in-turn 40 resnet20-reparam.mc10 resnet20-reparam.mc10.int8 scnn-reparam.mc10 scnn-reparam.mc10.int8

"layers": each quantized class, made by bnn_to_qbnn from a layer as it is by default, with a bias and without; the standard deviation
of its outputs over 32 draws for that of the float layer. "resnet20" and "cnn", the CIFAR ResNet-20 and the MNIST CNN of our workloads:
through prepare() and convert(), as the readme has it; by its steps without the ResNet-50 that prepare() makes; and through bnn_to_qbnn
alone. Of what runs processor and wall time of ten draws on two threads, in turn with floats.
"""

import sys
import time
import traceback

import bayesian_torch.layers as bayesian
import torch
from bayesian_torch.layers.base_variational_layer import BaseVariationalLayer_
from bayesian_torch.models.bayesian import resnet_variational
from bayesian_torch.models.bnn_to_qbnn import bnn_to_qbnn
from bayesian_torch.quantization import convert, prepare
from torch import nn

DRAWS = 32
BATCH_OF_CNN = 256
POSTERIOR = {
    "prior_mean": 0,
    "prior_variance": 1,
    "posterior_mu_init": 0,
    "posterior_rho_init": -3.0,
}


def failure(error):
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {where.name}:{where.lineno}: {str(error).splitlines()[0][:120]}"


def floats(y):
    y = y[0] if isinstance(y, tuple) else y
    return y.dequantize() if y.is_quantized else y


def spread(layer, x):
    with torch.no_grad():
        return torch.stack([floats(layer(x)) for _ in range(DRAWS)]).std(0).mean().item()


def one_layer(kind, bias):
    rank = next((int(part) for part in kind if part.isdigit()), 0)
    if rank == 0:
        layer = getattr(bayesian, kind)(16, 8, bias=bias, **POSTERIOR)
        x = torch.randn(4, 16)
    else:
        layer = getattr(bayesian, kind)(4, 8, 3, bias=bias, **POSTERIOR)
        x = torch.randn(4, 4, *([9] * rank))
    holder = nn.Sequential(layer).eval()
    before = spread(holder, x)
    bnn_to_qbnn(holder)
    made = type(holder[0]).__name__
    return f"{made}: spread {spread(holder, x) / before:.3f} of the float layer's"


def layers():
    for estimator in ("Reparameterization", "Flipout"):
        for kind in ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"):
            for bias in (True, False):
                name = f"{kind}{estimator} bias={bias}"
                try:
                    print(name, "->", one_layer(kind + estimator, bias), flush=True)
                except Exception as error:  # What fails is the result here.
                    print(name, "FAILS:", failure(error), flush=True)


def resnet20():
    torch.manual_seed(1)
    return resnet_variational.resnet20().eval()


class First(nn.Module):
    """A layer without its KL."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x, return_kl=False)


def cnn():
    torch.manual_seed(1)
    return nn.Sequential(
        First(bayesian.Conv2dReparameterization(1, 32, 3, **POSTERIOR)),
        nn.ReLU(),
        First(bayesian.Conv2dReparameterization(32, 64, 3, **POSTERIOR)),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        First(bayesian.LinearReparameterization(9216, 128, **POSTERIOR)),
        nn.ReLU(),
        First(bayesian.LinearReparameterization(128, 10, **POSTERIOR)),
    ).eval()


def whole(model, x):
    """As the readme has it."""
    made = prepare(nn.DataParallel(model))
    made(x)
    return convert(made)


def by_steps(model, x):
    """What prepare() and convert() do with the network that they are given."""
    for module in model.modules():
        if isinstance(module, BaseVariationalLayer_):
            module.prepare()
    model.qconfig = torch.quantization.get_default_qconfig("onednn")
    made = torch.quantization.prepare(model)
    made(x)
    made = torch.quantization.convert(made)
    bnn_to_qbnn(made)
    return made


def alone(model, x):
    bnn_to_qbnn(model)
    return model


def ten(model, x):
    with torch.no_grad():
        for _ in range(10):
            floats(model(x))


def times(body):
    processor, wall = time.process_time(), time.perf_counter()
    body()
    return (time.process_time() - processor) * 1e3, (time.perf_counter() - wall) * 1e3


def quartiles(numbers):
    numbers = sorted(numbers)
    return [round(numbers[i], 1) for i in (0, len(numbers) // 4, len(numbers) // 2)]


def networks(make, x, runs):
    ready = {}
    for name, way in {"float": lambda model, x: model, "whole": whole, "by steps": by_steps, "alone": alone}.items():
        try:
            model = way(make(), x)
            ten(model, x)
            ready[name] = model
        except Exception as error:  # What fails is the result here.
            print(name, "FAILS:", failure(error), flush=True)
    taken = {name: ([], []) for name in ready}
    for _ in range(runs):
        for name, model in ready.items():
            for into, number in zip(taken[name], times(lambda: ten(model, x))):
                into.append(number)
    for name, (processor, wall) in taken.items():
        print(name, "ten draws, ms of processors", quartiles(processor), "wall", quartiles(wall), flush=True)


def main():
    torch.set_num_threads(2)
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else None
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    if what == "layers":
        layers()
    elif what == "resnet20":
        networks(resnet20, torch.randn(batch or 128, 3, 32, 32), runs)
    elif what == "cnn":
        networks(cnn, torch.randn(batch or BATCH_OF_CNN, 1, 28, 28), runs)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()

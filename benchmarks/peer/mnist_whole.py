"""Bayesian-Torch on MNIST from the command to the printed accuracy, to be timed beside ours.

pip install torch bayesian-torch, then:
  time python benchmarks/peer/mnist_whole.py DIR [THREADS]
  time examples/run mnist train --data DIR --epochs 1 --samples 30

DIR holds the four files of MNIST. The same network, convolutions of 32 and 64 kernels 3 x 3, a max pool, dense layers
of 128 and 10 units, all reparameterized; 55,000 digits for one epoch in batches of 128, Adam, one draw a step; then
30 draws for each of the 10,000 test digits.
"""

import gzip
import os
import sys

import torch
from bayesian_torch.models.dnn_to_bnn import dnn_to_bnn, get_kl_loss
from torch import nn
from torch.nn import functional

BATCH = 128
TRAIN = 55_000
DRAWS = 30


def idx(folder, name, header):
    path = os.path.join(folder, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)[header:]


def digits(folder, part):
    images = idx(folder, part + "-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    labels = idx(folder, part + "-labels-idx1-ubyte", 8).long()
    return (images.float() / 255 - 0.1307) / 0.3081, labels


def main():
    folder = sys.argv[1]
    if len(sys.argv) > 2:
        torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(1)
    x, y = digits(folder, "train")
    x, y = x[:TRAIN], y[:TRAIN]
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    dnn_to_bnn(model, {
        "prior_mu": 0.0, "prior_sigma": 1.0, "posterior_mu_init": 0.0, "posterior_rho_init": -4.0,
        "type": "Reparameterization", "moped_enable": False, "moped_delta": 0.5})
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    order = torch.randperm(len(x))
    for start in range(0, len(x), BATCH):
        batch = order[start:start + BATCH]
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(x[batch]), y[batch]) + 0.1 * get_kl_loss(model) / len(x)
        loss.backward()
        optimizer.step()
    x, y = digits(folder, "t10k")
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(x), 1000):
            batch = x[start:start + 1000]
            mean = torch.stack([functional.softmax(model(batch), -1) for _ in range(DRAWS)]).mean(0)
            right += (mean.argmax(-1) == y[start:start + 1000]).sum().item()
    print(f"accuracy {100 * right / len(x):.2f} %")


main()

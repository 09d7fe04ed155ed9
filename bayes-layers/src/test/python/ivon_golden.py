"""Writes ivon.json: a few steps of ivon-opt 0.1.3 in double precision, with the noise and gradients of every draw.

Usage: python ivon_golden.py > ../resources/io/bayes4j/layers/optim/ivon.json
With torch 2.15. Logistic regression with five weights.
"""

import json
import sys

import ivon
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().reshape(-1).tolist()]


def run(steps, samples, lr, **options):
    x = torch.randn(8, 5)
    y = (torch.rand(8) > 0.5).double()
    weight = torch.nn.Parameter(torch.randn(5).float().double())
    start = numbers(weight)
    optimizer = ivon.IVON([weight], lr=lr, mc_samples=samples, **options)
    made = []
    for _ in range(steps):
        draws = []
        for _ in range(samples):
            mean = weight.data.clone()
            with optimizer.sampled_params(train=True):
                noise = weight.data - mean
                optimizer.zero_grad()
                F.binary_cross_entropy_with_logits(x @ weight, y).backward()
            draws.append({"noise": numbers(noise), "gradient": numbers(weight.grad)})
        optimizer.step()
        group = optimizer.param_groups[0]
        made.append(
            {
                "draws": draws,
                "mean": numbers(weight.data),
                "curvature": numbers(group["hess"]),
                "momentum": numbers(group["momentum"]),
            }
        )
    return {"lr": lr, "options": options, "start": start, "steps": made}


torch.manual_seed(5)
cases = [
    run(12, 1, 0.1, ess=50.0, hess_init=0.3, beta1=0.9, beta2=0.95, weight_decay=0.01),
    run(6, 3, 0.4, ess=2000.0, hess_init=0.05, beta1=0.8, beta2=0.9995, weight_decay=1e-4, clip_radius=0.2),
]
json.dump(cases, sys.stdout, separators=(",", ":"))
print()

"""Writes vbll.json: losses, their gradients and predictive moments of vbll 0.4.9 in double precision.

Usage: python vbll_golden.py > ../resources/io/bayes4j/layers/posterior/vbll.json
With torch 2.15. Regression has one output: with more, vbll averages the likelihood over outputs and weighs every
output's uncertainty by the sum of all precisions, which is no bound.
"""

import json
import sys

import torch
from vbll import DiscClassification, Regression

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
FEATURES, EXAMPLES = 4, 6


def numbers(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().reshape(-1).tolist()]


def case(kind, outputs, covariance, regularization):
    maker = Regression if kind == "regression" else DiscClassification
    head = maker(FEATURES, outputs, regularization, parameterization=covariance)
    names = ["W_mean", "W_logdiag", "noise_logdiag"] + (["W_offdiag"] if covariance == "dense" else [])
    with torch.no_grad():
        for name in names:
            parameter = getattr(head, name)
            parameter.copy_((0.6 * torch.randn(parameter.shape) - 0.3).float().double())
    x = torch.randn(EXAMPLES, FEATURES).float().double()
    y = torch.randn(EXAMPLES, 1).float().double() if kind == "regression" else torch.randint(outputs, (EXAMPLES,))
    loss = head._get_train_loss_fn(x)(y)
    loss.backward()
    predictive = head.predictive(x) if kind == "regression" else head.logit_predictive(x)
    return {
        "kind": kind,
        "outputs": outputs,
        "covariance": covariance,
        "examples": 1 / regularization,
        "x": numbers(x),
        "y": numbers(y.double()),
        "parameters": {name: numbers(getattr(head, name)) for name in names},
        "gradients": {name: numbers(getattr(head, name).grad) for name in names},
        "loss": float(loss),
        "mean": numbers(predictive.mean),
        "variance": numbers(predictive.var),
    }


json.dump(
    [
        case("regression", 1, "diagonal", 0.05),
        case("regression", 1, "dense", 0.05),
        case("classification", 3, "diagonal", 0.02),
        case("classification", 3, "dense", 0.02),
    ],
    sys.stdout,
)

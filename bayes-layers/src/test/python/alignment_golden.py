"""Writes alignment.json: what Bayesian-Torch computes for EaCLoss, EaULoss and AvULoss, with gradients.

Usage: python alignment_golden.py > ../resources/io/bayes4j/layers/loss/alignment.json
With torch 2.15 and bayesian_torch/utils/uncertainty_calibration_loss.py of IntelLabs/bayesian-torch at aa7e57b39695, which
the release 0.5.0 does not have yet, in the folder. EaCLoss takes errors and confidences as they are; EaULoss errors and uncertainties.
"""

import json
import sys

import torch
from uncertainty_calibration_loss import AvULoss, EaCLoss, EaULoss

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.9g}") for v in tensor.detach().reshape(-1).tolist()]}


def pair(kind, loss, errors, second, error_threshold, threshold):
    errors = errors.float().double().requires_grad_()
    second = second.float().double().requires_grad_()
    value = loss(errors, second, error_threshold, threshold)
    value.sum().backward()
    tensors = {"error": errors, "second": second, "grad_error": errors.grad, "grad_second": second.grad}
    return {
        "kind": kind,
        "thresholds": [error_threshold, threshold],
        "loss": float(f"{value.item():.12g}"),
        "tensors": {name: numbers(tensor) for name, tensor in tensors.items()},
    }


def avu(logits, labels, threshold):
    logits = logits.float().double().requires_grad_()
    value = AvULoss()(logits, labels, threshold)
    value.sum().backward()
    tensors = {"logits": logits, "labels": labels.double(), "grad_logits": logits.grad}
    return {
        "kind": "avu",
        "thresholds": [threshold],
        "loss": float(f"{value.item():.12g}"),
        "tensors": {name: numbers(tensor) for name, tensor in tensors.items()},
    }


def cases():
    yield pair("eac", EaCLoss(), torch.rand(12) * 2, torch.rand(12), 0.8, 0.6)
    yield pair("eac", EaCLoss(), torch.rand(5) * 2, torch.rand(5) * 0.4, 0.5, 0.5)  # nobody is certain
    yield pair("eac", EaCLoss(), torch.tensor([0.5, 2.0, 0.0]), torch.tensor([0.5, 1.0, 0.6]), 0.5, 0.5)  # on the edges
    yield pair("eau", EaULoss(), torch.rand(12) * 2, torch.rand(12) * 1.5, 0.8, 0.6)
    yield avu(2 * torch.randn(9, 4), torch.randint(0, 4, (9,)), 0.7)


torch.manual_seed(3)
json.dump(list(cases()), sys.stdout, separators=(",", ":"))
print()

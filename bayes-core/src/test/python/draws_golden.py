#!/usr/bin/env python3
"""Writes the reference values of statistics over draws of class probabilities.

usage: draws_golden.py > ../resources/io/bayes4j/core/uncertainty/draws.json

Made with NumPy 2.4 and PyTorch 2.15: quantiles by numpy.quantile, variances by numpy.var, entropies by
torch.distributions.Categorical, negative log-likelihood by torch's nll_loss. Numbers are float32 values, computed with in
double precision. Adaptive bins and the four cells of AvU are written out (their keys end in _hand).
"""
import json
import sys

import numpy as np
import torch

rng = np.random.default_rng(59)
SHARES = [0.0, 0.05, 0.5, 0.613, 0.95, 1.0]


def entropy(p):
    return torch.distributions.Categorical(probs=torch.tensor(p), validate_args=False).entropy().numpy()


def case(name, draws, labels):
    draws = np.asarray(draws, dtype=np.float32).astype(np.float64)
    labels = np.asarray(labels)
    s, n, k = draws.shape
    mean = draws.mean(0)
    votes = np.stack([(draws.argmax(-1) == c).sum(0) for c in range(k)])
    predictive = entropy(mean)
    expected = entropy(draws).mean(0)
    own = mean[np.arange(n), labels]
    result = {
        "case": name, "shape": [s, n, k], "draws": draws, "labels": labels,
        "mean_numpy": mean, "variance_numpy": draws.var(0), "shares": SHARES,
        "quantiles_numpy": np.quantile(draws, SHARES, axis=0),
        "predictive_torch": predictive, "expected_torch": expected, "information": predictive - expected,
        "variation_hand": 1 - votes.max(0) / s,
        "accuracy_numpy": (mean.argmax(-1) == labels).mean(),
    }
    if own.min() > 1e-12:
        result["nll_torch"] = float(torch.nn.functional.nll_loss(torch.log(torch.tensor(mean)), torch.tensor(labels)))
    right, certain = mean.argmax(-1) == labels, predictive <= 0.5
    result["cells_hand"] = [int(x.sum()) for x in (right & certain, right & ~certain, ~right & certain, ~right & ~certain)]
    confidence = mean.astype(np.float32).max(-1)
    if len(set(confidence.tolist())) == n:
        order = np.argsort(confidence)
        pieces = [order[-(-n * b // 5):-(-n * (b + 1) // 5)] for b in range(5)]
        result["adaptive_hand"] = sum(abs((confidence[i].astype(float) - right[i]).sum()) for i in pieces) / n
    return {key: value.reshape(-1).tolist() if isinstance(value, np.ndarray) else value for key, value in result.items()}


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def main():
    z = rng.normal(size=(23, 40, 5)) + 2 * rng.normal(size=(1, 40, 5))
    corners = np.eye(3)[rng.integers(0, 3, (6, 7))]
    cases = [
        case("random", softmax(z), rng.integers(0, 5, 40)),
        case("sure, and rare classes", softmax(8 * z[:9, :10]), rng.integers(0, 5, 10)),
        case("probabilities 0 and 1", corners, np.zeros(7, int)),
        case("ties", np.tile(np.array([[0.5, 0.5], [0.25, 0.75]]), (4, 2, 1)), [0, 1, 1, 0]),
        case("one draw", softmax(z[:1, :6]), [0, 1, 2, 3, 4, 0]),
        case("one class", np.ones((3, 2, 1)), [0, 0]),
        case("one of one", np.array([[[0.3, 0.7]]]), [0]),
    ]
    sys.stdout.write('{"draws": [\n' + ",\n".join(json.dumps(compact(c)) for c in cases) + "]}\n")


def compact(v):
    if isinstance(v, float):
        return float(f"{v:.10g}")
    if isinstance(v, list):
        return [compact(i) for i in v]
    return {key: compact(i) for key, i in v.items()} if isinstance(v, dict) else v


main()

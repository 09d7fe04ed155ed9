"""Processor seconds of the measures of MeasureRates with torchmetrics 1.9 and NumPy, one thread, least of six runs.

Usage: python measures_peer.py
With torch 2.15. What torchmetrics has is taken from it, the rest is NumPy as people write it.
"""

import time

import numpy as np
import torch
from torchmetrics.classification import (
    BinaryAUROC,
    BinaryAveragePrecision,
    BinaryROC,
    MulticlassAccuracy,
    MulticlassCalibrationError,
)

torch.set_num_threads(1)
rng = np.random.default_rng(1)
logits = rng.standard_normal((100, 10_000, 10), dtype=np.float32)
logits[:, np.arange(10_000), np.arange(10_000) % 10] += 2
draws = np.exp(logits)
draws /= draws.sum(-1, keepdims=True)
labels = np.where(np.arange(10_000) % 3 == 0, np.arange(10_000) % 10, draws[0].argmax(-1))
mean = draws.mean(0)
entropy = -(mean * np.log(mean)).sum(-1)
errors = (np.arange(10_000) % 3 == 0).astype(np.float32)


def split():
    m = draws.mean(0)
    predictive = -(m * np.log(np.clip(m, 1e-12, None))).sum(-1)
    expected = -(draws * np.log(np.clip(draws, 1e-12, None))).sum(-1).mean(0)
    return m, predictive, expected, predictive - expected


def quantiles():
    return np.median(draws, 0), np.quantile(draws, [0.05, 0.95], 0)


def variation_ratio():
    votes = draws.argmax(-1)
    counts = np.stack([(votes == k).sum(0) for k in range(10)])
    return 1 - counts.max(0) / len(draws)


def scores():
    p, y = torch.from_numpy(mean), torch.from_numpy(labels)
    accuracy = MulticlassAccuracy(10, average="micro")
    error = MulticlassCalibrationError(10, n_bins=15)
    accuracy.update(p, y), error.update(p, y)
    nll = torch.nn.functional.nll_loss(torch.log(p), y)
    brier = ((mean - np.eye(10)[labels]) ** 2).sum(-1).mean()
    return accuracy.compute(), error.compute(), nll, brier


def binned(confidence, outcome):
    bins = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    n = np.bincount(bins, minlength=15)
    c = np.bincount(bins, confidence, 15)
    o = np.bincount(bins, outcome, 15)
    return np.abs(c - o).sum() / n.sum()


def calibration():
    classwise = np.mean([binned(mean[:, k], labels == k) for k in range(10)])
    uce = binned(entropy / np.log(10), mean.argmax(-1) != labels)
    one_hot = np.eye(10)[labels]
    parts = [binned(mean[:, k], one_hot[:, k]) for k in range(10)]
    return classwise, uce, parts


def risk_coverage():
    order = np.argsort(entropy, kind="stable")
    risks = np.cumsum(errors[order])
    return (risks / np.arange(1, len(order) + 1)).mean(), np.trapezoid(risks) / len(order) ** 2


def ood():
    s = torch.from_numpy(np.concatenate([entropy, 0.9 * entropy + 0.2])) / 3
    y = torch.cat([torch.zeros(10_000, dtype=int), torch.ones(10_000, dtype=int)])
    results = []
    for target in (BinaryAUROC(), BinaryAveragePrecision(), BinaryROC()):
        target.update(s, y)
        results.append(target.compute())
    inside = BinaryAveragePrecision()
    inside.update(1 - s, 1 - y)
    return results, inside.compute()


total = 0
for name, work in [
    ("mean, entropies, mutual information", split),
    ("variance", lambda: draws.var(0)),
    ("median and 90 % interval", quantiles),
    ("variation ratio", variation_ratio),
    ("accuracy, NLL, Brier, ECE", scores),
    ("classwise ECE, UCE, Brier's parts", calibration),
    ("AURC", risk_coverage),
    ("AUROC, AUPR, FPR", ood),
]:
    times = []
    for _ in range(6):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    print(f"{name:40} {min(times):.4f}")
    total += min(times)
print(f"{'all':40} {total:.4f}")

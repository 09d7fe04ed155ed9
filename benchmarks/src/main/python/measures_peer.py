"""Processor seconds, then seconds, of the measures of MeasureRates with torchmetrics and NumPy, least of six runs.

Usage: python measures_peer.py
With torch 2.15.0, torchmetrics 1.9.0 and NumPy 2.4.6, two threads; smaller figures of theirs if OPENBLAS_CORETYPE is not
set. What torchmetrics has is taken from it, the rest is NumPy as people write it.
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

torch.set_num_threads(2)
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
    return np.quantile(draws, [0.05, 0.5, 0.95], 0)


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


def adaptive():
    confidence = mean.max(-1)
    order = np.argsort(confidence, kind="stable")
    hits = (mean.argmax(-1) == labels)[order]
    gaps = zip(np.array_split(confidence[order], 15), np.array_split(hits, 15))
    return sum(abs(c.sum() - h.sum()) for c, h in gaps) / len(labels)


def sums(confidence, outcome):
    bins = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    n = np.bincount(bins, minlength=15)
    return n, np.bincount(bins, confidence, 15), np.bincount(bins, outcome, 15), bins


def binned(confidence, outcome):
    n, c, o, _ = sums(confidence, outcome)
    return np.abs(c - o).sum() / n.sum()


def brier_parts(p, y):
    n, c, o, bins = sums(p, y)
    n = np.maximum(n, 1)
    share = y.mean()
    within = np.bincount(bins, (p - (c / n)[bins]) ** 2, 15).sum()
    covariance = 2 * np.bincount(bins, (p - (c / n)[bins]) * (y - (o / n)[bins]), 15).sum()
    reliability = (n * (c / n - o / n) ** 2).sum()
    resolution = (n * (o / n - share) ** 2).sum()
    return reliability, resolution, share * (1 - share), within, covariance


def calibration():
    classwise = np.mean([binned(mean[:, k], labels == k) for k in range(10)])
    uce = binned(entropy / np.log(10), mean.argmax(-1) != labels)
    one_hot = np.eye(10)[labels]
    parts = np.sum([brier_parts(mean[:, k], one_hot[:, k]) for k in range(10)], 0)
    greatest = MulticlassCalibrationError(10, n_bins=15, norm="max")
    greatest.update(torch.from_numpy(mean), torch.from_numpy(labels))
    return classwise, uce, parts, greatest.compute()


def risk_coverage():
    order = np.argsort(entropy, kind="stable")
    risks = np.cumsum(errors[order])
    n = np.arange(1, len(order) + 1)
    aurc = (risks / n).mean()
    oracle = (np.cumsum(np.sort(errors)) / n).mean()
    return aurc, aurc - oracle, np.trapezoid(risks) / len(order) ** 2


def sparsification():
    n = np.arange(1, len(entropy) + 1)
    model = np.cumsum(errors[np.argsort(entropy, kind="stable")]) / n
    return np.trapezoid(model - np.cumsum(np.sort(errors)) / n) / len(n)


def accuracy_versus_uncertainty():
    right = mean.argmax(-1) == labels
    certain = entropy <= 1
    return np.bincount(2 * right + certain, minlength=4)


def ood():
    s = torch.from_numpy(np.concatenate([entropy, 0.9 * entropy + 0.2])) / 3
    y = torch.cat([torch.zeros(10_000, dtype=int), torch.ones(10_000, dtype=int)])
    results = []
    for target in (BinaryAUROC(), BinaryAveragePrecision(), BinaryROC()):
        target.update(s, y)
        results.append(target.compute())
    inside = BinaryAveragePrecision()
    inside.update(1 - s, 1 - y)
    fpr, tpr, _ = results[2]
    return results, inside.compute(), fpr[(tpr >= 0.95).int().argmax()], (0.5 * (tpr + 1 - fpr)).max()


total = np.zeros(2)
for name, work in [
    ("mean, entropies, mutual information", split),
    ("variance", lambda: draws.var(0)),
    ("median and 90 % interval", quantiles),
    ("variation ratio", variation_ratio),
    ("accuracy, NLL, Brier, ECE", scores),
    ("adaptive ECE", adaptive),
    ("MCE, classwise ECE, UCE, Brier's parts", calibration),
    ("AURC, excess, AUGRC", risk_coverage),
    ("AUSE", sparsification),
    ("AUROC, AUPR, FPR, detection", ood),
    ("AvU", accuracy_versus_uncertainty),
]:
    times = []
    for _ in range(6):
        before = time.process_time(), time.perf_counter()
        work()
        times.append((time.process_time() - before[0], time.perf_counter() - before[1]))
    least = np.min(times, 0)
    print(f"{name:40} {least[0]:9.5f} {least[1]:9.5f}")
    total += least
print(f"{'all':40} {total[0]:9.5f} {total[1]:9.5f}")

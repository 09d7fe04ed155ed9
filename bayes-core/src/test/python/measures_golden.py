#!/usr/bin/env python3
"""Writes the reference values of the measures of uncertainty.

usage: measures_golden.py > ../resources/io/bayes4j/core/uncertainty/measures.json

Made with NumPy 2.4, scikit-learn 1.9, torchmetrics 1.9, torch-uncertainty 0.13.0, netcal 1.4.0, relplot 1.0.3 and
properscoring 0.1. Numbers are float32 values, computed with in double precision where the library allows it. Where a
library closes its bins on the other side, the cases have no probability on an edge, or the value is of a definition
written out here (the key then ends in _hand).
"""
import json
import sys
import warnings

import numpy as np
import properscoring
import relplot
import torch
from netcal.metrics import ECE, MCE
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from torch_uncertainty.metrics import AUSE
from torch_uncertainty.metrics.classification import AUGRC, AURC, FPR95
from torch_uncertainty.metrics.regression import QuantileCalibrationError
from torchmetrics.functional.classification import multiclass_calibration_error

warnings.simplefilter("ignore")
rng = np.random.default_rng(20)
BINS = 15


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def bins_of(v):
    """(lower, upper], 0 in the first."""
    return np.clip(np.ceil(v * BINS).astype(int) - 1, 0, BINS - 1)


def binned_gap(expected, came):
    b = bins_of(expected)
    return sum(abs((came - expected)[b == i].sum()) for i in range(BINS)) / len(b)


def smooth_ece(f, y):
    """Blasiok and Nakkiran on a fine mesh, by the method of images: no grid of confidences."""
    t = (np.arange(4000) + 0.5) / 4000

    def at(sigma):
        k = sum(
            np.exp(-0.5 * ((t[:, None] - s * f[None] + 2 * j) / sigma) ** 2)
            for s in (1, -1)
            for j in range(-4, 5)
        ) / (sigma * np.sqrt(2 * np.pi))
        return np.abs(k @ (y - f)).mean() / len(f)

    low, high = 1e-4, 1.0
    if at(0.002) < 0.002:
        return at(0.002)
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) > middle else (low, middle)
    return at(high)


def brier_parts(p, y):
    """Stephenson et al. 2008, the classes summed."""
    n, k = p.shape
    out = np.zeros(5)
    for c in range(k):
        o = (y == c) * 1.0
        out[2] += o.mean() * (1 - o.mean())
        b = bins_of(p[:, c])
        for i in range(BINS):
            m = b == i
            if m.any():
                pm, om = p[m, c].mean(), o[m].mean()
                out[0] += m.sum() * (pm - om) ** 2 / n
                out[1] += m.sum() * (om - o.mean()) ** 2 / n
                out[3] += ((p[m, c] - pm) ** 2).sum() / n
                out[4] += 2 * ((p[m, c] - pm) * (o[m] - om)).sum() / n
    return out.tolist()


def classification(name, p, y):
    p = f32(p)
    n, k = p.shape
    conf, right = p.max(1), (p.argmax(1) == y) * 1.0
    entropy = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(1)
    u = np.minimum(1, entropy / np.log(k)) if k > 1 else np.zeros(n)
    edge = np.abs(p * BINS - np.round(p * BINS)) < 1e-6
    case = {
        "case": name, "classes": k, "probabilities": p.reshape(-1).tolist(), "labels": y.tolist(),
        "ece_hand": binned_gap(conf, right),
        "classwise_hand": float(np.mean([binned_gap(p[:, c], (y == c) * 1.0) for c in range(k)])),
        "uce_hand": binned_gap(u, 1 - right),
        "smooth_hand": smooth_ece(conf, right),
        "brier_hand": float(((p - np.eye(k)[y]) ** 2).sum(1).mean()),
        "brier_parts_hand": brier_parts(p, y),
    }
    if not edge.any() and len(set(y.tolist())) == k > 1:
        case["ece_netcal"] = float(ECE(BINS).measure(p, y)) if k > 2 else None
        case["mce_netcal"] = float(MCE(BINS).measure(p, y)) if k > 2 else None
        case["ece_torchmetrics"] = float(
            multiclass_calibration_error(torch.tensor(p), torch.tensor(y), num_classes=k, n_bins=BINS)
        )
        case["classwise_netcal"] = float(np.mean([ECE(BINS).measure(p[:, c], (y == c) * 1) for c in range(k)]))
    # relplot gives a confidence of exactly 1, at the end of its mesh, half its weight.
    if n > 1 and (conf.max() < 1 or conf.min() == 1):
        case["smooth_relplot"] = float(relplot.smECE(conf, right))
    if k == 2 and len(set(y.tolist())) == 2:
        case["half_brier_sklearn"] = brier_score_loss(y, np.clip(p[:, 1], 0, 1))
        case["auroc_sklearn"] = roc_auc_score(y, p[:, 1])
    return case


def ranking(name, u, wrong, errors):
    u, errors = f32(u), f32(errors)
    n = len(u)
    case = {"case": name, "uncertainty": u.tolist(), "wrong": wrong.tolist(), "errors": errors.tolist()}
    r, w = n - wrong.sum(), int(wrong.sum())
    # Every cut between distinct values, one after the other.
    levels = np.unique(u)
    answered = np.array([(u <= t).sum() for t in levels])
    errs = np.array([wrong[u <= t].sum() for t in levels])
    risk = errs / answered
    steps = np.diff(np.concatenate([[0], answered]))
    case["aurc_hand"] = float((steps * risk).sum() / n)
    case["excess_hand"] = case["aurc_hand"] - sum(j / (r + j) for j in range(1, w + 1)) / n
    g = np.concatenate([[0], errs / n])
    case["augrc_hand"] = float((steps / n * (g[1:] + g[:-1]) / 2).sum())
    if 0 < w < n:
        # Traub et al. 2024, equation 8.
        acc = r / n
        case["augrc_auroc"] = (1 - roc_auc_score(wrong, u)) * acc * (1 - acc) + 0.5 * (1 - acc) ** 2
    # Sparsification: the mean over random orders of equals, exactly.
    def curve(scores):
        out = []
        for kept in range(n, 0, -1):
            s = np.sort(scores)
            t = s[kept - 1]
            below, at = errors[scores < t], errors[scores == t]
            out.append((below.sum() + at.mean() * (kept - len(below))) / kept)
        return np.array(out)
    y = curve(u) - curve(errors)
    case["ause_hand"] = float(np.trapezoid(y, np.arange(n) / n))
    case["model_hand"] = curve(u).tolist()
    if len(levels) == n and n > 1:
        m = AUSE()
        m.update(torch.tensor(u), torch.tensor(errors))
        case["normalized_ause_tu"] = float(m.compute())
        for key, metric in (("aurc_tu", AURC()), ("augrc_tu", AUGRC())):
            # Two classes: the first one is predicted, with a confidence that falls with uncertainty.
            c = 1 - 0.4 * (u - u.min()) / (u.max() - u.min())
            metric.update(torch.tensor(np.stack([c, 1 - c], 1)), torch.tensor(wrong))
            case[key] = float(metric.compute())
    return case


def ood(name, inside, outside):
    inside, outside = f32(inside), f32(outside)
    y = np.r_[np.zeros(len(inside)), np.ones(len(outside))]
    s = np.r_[inside, outside]
    case = {
        "case": name, "in": inside.tolist(), "out": outside.tolist(),
        "auroc_sklearn": roc_auc_score(y, s),
        "aupr_out_sklearn": average_precision_score(y, s),
        "aupr_in_sklearn": average_precision_score(1 - y, -s),
        "fpr95_hand": float((outside <= np.sort(inside)[int(np.ceil(0.95 * len(inside) - 1e-9)) - 1]).mean()),
    }
    if len(set(s.tolist())) == len(s):
        m = FPR95(pos_label=0)
        m.update(torch.tensor(-s), torch.tensor(y.astype(int)))
        case["fpr95_tu"] = float(m.compute())
    return case


def collaboration(name, p, u, y, share):
    p, u = f32(p), f32(u)
    n = len(p)
    capacity = int(np.floor(share * n + 1e-9))
    limit = np.sort(u)[max(0, n - 1 - capacity)] if capacity < n else -np.inf
    q = np.where(u > limit, y, p)
    return {
        "case": name, "probabilities": p.tolist(), "uncertainty": u.tolist(), "labels": y.tolist(), "share": share,
        "auroc_sklearn": roc_auc_score(y, q),
        "accuracy_hand": float((((q > 0.5) * 1 == y) | (u > limit)).mean()),
    }


def crps(name, mean, sigma, y, draws):
    """All [batch, outputs], draws [samples, batch, outputs]."""
    mean, sigma, y, draws = f32(mean), f32(sigma), f32(y), f32(draws)
    s = len(draws)
    pairs = np.abs(draws[:, None] - draws[None]).sum((0, 1))
    positive = np.where(sigma > 0, sigma, 1)
    gaussian = np.where(sigma > 0, properscoring.crps_gaussian(y, mean, positive), np.abs(y - mean))
    return {
        "case": name, "shape": list(draws.shape), "means": mean.reshape(-1).tolist(),
        "sigmas": sigma.reshape(-1).tolist(), "targets": y.reshape(-1).tolist(), "draws": draws.reshape(-1).tolist(),
        "gaussian_properscoring": float(gaussian.mean()),
        "ensemble_properscoring": float(properscoring.crps_ensemble(y, draws, axis=0).mean()),
        "fair_hand": float((np.abs(draws - y).mean(0) - pairs / (2 * s * (s - 1))).mean()) if s > 1 else None,
    }


def regression(name, means, variances, y):
    """Mixtures by quadrature."""
    means, variances, y = f32(means), f32(variances), f32(y)
    s, n, d = means.shape
    from scipy.stats import norm
    from scipy.optimize import brentq
    def cdf(x, i, j):
        return norm.cdf((x[..., None] - means[:, i, j]) / np.sqrt(variances[:, i, j])).mean(-1)
    total, low, high, pit = 0, np.zeros((n, d)), np.zeros((n, d)), np.zeros((n, d))
    for i in range(n):
        for j in range(d):
            sd = np.sqrt(variances[:, i, j])
            a = min((means[:, i, j] - 12 * sd).min(), y[i, j] - 1)
            b = max((means[:, i, j] + 12 * sd).max(), y[i, j] + 1)
            x, w = np.polynomial.legendre.leggauss(400)
            for lo, hi, step in ((a, y[i, j], 0), (y[i, j], b, 1)):
                points = (hi - lo) / 2 * x + (hi + lo) / 2
                total += (hi - lo) / 2 * (w * (cdf(points, i, j) - step) ** 2).sum()
            low[i, j], high[i, j] = (
                brentq(lambda v, q=q: cdf(np.array(v), i, j) - q, a, b, xtol=1e-12) for q in (0.05, 0.95)
            )
            pit[i, j] = cdf(np.array(y[i, j]), i, j)
    levels = np.arange(1, 20) / 20
    shares = np.array([(pit <= q).mean() for q in levels])
    outside = np.maximum(0, np.maximum(low - y, y - high))
    case = {
        "case": name, "shape": [s, n, d], "means": means.reshape(-1).tolist(),
        "variances": variances.reshape(-1).tolist(), "targets": y.reshape(-1).tolist(),
        "crps_quadrature": total / (n * d), "coverage_hand": float(((y >= low) & (y <= high)).mean()),
        "width_hand": float((high - low).mean()), "winkler_hand": float((high - low + 20 * outside).mean()),
        "quantile_hand": float(np.abs(shares - levels).mean()),
        "rmse_hand": float(np.sqrt(((y - means.mean(0)) ** 2).mean())),
        "mae_hand": float(np.abs(y - means.mean(0)).mean()),
    }
    return case


def density(name, x, labels, asked, classes):
    x, asked = f32(x), f32(asked)
    from scipy.stats import multivariate_normal
    present = [k for k in range(classes) if (labels == k).any()]
    mus = {k: x[labels == k].mean(0) for k in present}
    shared = sum((x[labels == k] - mus[k]).T @ (x[labels == k] - mus[k]) for k in present) / len(x)
    maha = np.min([np.einsum("ij,jk,ik->i", asked - mus[k], np.linalg.inv(shared), asked - mus[k]) for k in present], 0)
    logs = [
        np.log((labels == k).mean())
        + multivariate_normal(mus[k], np.cov(x[labels == k].T, bias=True)).logpdf(asked)
        for k in present
    ]
    return {
        "case": name, "features": x.shape[1], "classes": classes, "x": x.reshape(-1).tolist(),
        "labels": labels.tolist(), "asked": asked.reshape(-1).tolist(), "mahalanobis_numpy": maha.tolist(),
        "ddu_scipy": (-np.logaddexp.reduce(logs, 0)).tolist(),
    }


def logit_scores(name, z):
    """As float32, which scores are given in: of 10,000 it has three digits behind the point."""
    z = f32(z)
    return {
        "case": name, "classes": z.shape[1], "logits": z.reshape(-1).tolist(),
        "msp": f32(1 - softmax(z).max(1)).tolist(), "max_logit": (-z.max(1)).tolist(),
        "energy": f32(-np.logaddexp.reduce(z, 1)).tolist(),
        "energy2": f32(-2 * np.logaddexp.reduce(z / 2, 1)).tolist(),
    }


def random_classes(n, k, scale=2.0):
    z = rng.normal(size=(n, k)) * scale
    p = f32(softmax(z))
    y = np.array([rng.choice(k, p=(q := softmax(0.6 * row))) for row in z])
    return p, y


def main():
    p10, y10 = random_classes(600, 10)
    p2, y2 = random_classes(300, 2)
    two = np.array([[0.2, 0.8], [0.4, 0.6], [1.0, 0.0], [0.0, 1.0], [0.6, 0.4], [0.5, 0.5], [0.8, 0.2], [0.8, 0.2]])
    cases = {
        "classification": [
            classification("random, ten classes", p10, y10),
            classification("random, two classes", p2, y2),
            classification("honest", q := softmax(rng.normal(size=(400, 2)) * 2), (rng.uniform(size=400) < f32(q)[:, 1]) * 1),
            classification("on the edges of bins, ties", two, np.array([1, 0, 0, 1, 1, 1, 0, 1])),
            classification("probabilities 0 and 1", np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 1, 2])),
            classification("all right and certain", np.eye(3)[[0, 1, 2]], np.array([0, 1, 2])),
            classification("one label", p10[:40], np.full(40, 3)),
            classification("one class", np.ones((4, 1)), np.zeros(4, int)),
            classification("one example", np.array([[0.3, 0.7]]), np.array([1])),
        ],
        "ranking": [],
        "ood": [
            ood("random", rng.normal(size=150), rng.normal(size=90) + 1),
            ood("ties", rng.integers(0, 5, 60), rng.integers(2, 7, 40)),
            ood("one of each", np.array([1.0]), np.array([2.0])),
            ood("all equal", np.ones(5), np.ones(3)),
        ],
        "collaboration": [],
        "crps": [
            crps("random", rng.normal(size=(30, 2)), rng.uniform(0.2, 2, (30, 2)), rng.normal(size=(30, 2)),
                 rng.normal(size=(20, 30, 2))),
            crps("ties", np.zeros((4, 1)), np.ones((4, 1)), np.array([[0.0], [1], [2], [-1]]),
                 rng.integers(-1, 3, (7, 4, 1))),
            crps("no spread", np.ones((3, 1)), np.zeros((3, 1)), np.array([[1.0], [2], [-4]]), np.ones((5, 3, 1))),
            crps("one of one", np.array([[0.3]]), np.array([[0.5]]), np.array([[0.4]]), np.array([[[0.1]]])),
            crps("far away", np.zeros((2, 1)), np.full((2, 1), 1e-3), np.array([[50.0], [-50]]),
                 np.array([[[0.0], [0]], [[1], [1]]])),
        ],
        "regression": [
            regression("random", rng.normal(size=(5, 20, 2)), rng.uniform(0.1, 2, (5, 20, 2)), rng.normal(size=(20, 2))),
            regression("one of one", np.array([[[0.5]]]), np.array([[[4.0]]]), np.array([[0.75]])),
            regression("far apart", np.array([[[-20.0]], [[20]]]), np.array([[[1.0]], [[0.25]]]), np.array([[1.0]])),
        ],
        "density": [],
    }
    u = rng.uniform(size=200)
    wrong = (rng.uniform(size=200) < 0.5 * u) * 1
    cases["ranking"] = [
        ranking("random", u, wrong, u * np.abs(rng.normal(size=200))),
        ranking("ties", rng.integers(0, 6, 50), (rng.uniform(size=50) < 0.4) * 1, rng.integers(0, 4, 50)),
        ranking("all equal", np.ones(9), (np.arange(9) % 3 == 0) * 1, np.arange(9)),
        ranking("all right", u[:20], np.zeros(20, int), np.zeros(20)),
        ranking("all wrong", u[:20], np.ones(20, int), np.ones(20)),
        ranking("one example", np.array([0.5]), np.array([1]), np.array([2.0])),
        ranking("the wrong way round", np.arange(10.0), (np.arange(10) < 4) * 1, np.arange(10.0)[::-1]),
    ]
    y = (rng.uniform(size=80) < 0.4) * 1
    p = np.clip(0.3 * y + 0.7 * rng.uniform(size=80), 0, 1)
    cases["collaboration"] = [
        collaboration("random, share %s" % s, p, p * (1 - p), y, s) for s in (0, 0.05, 0.3, 1)
    ] + [collaboration("ties", np.round(p, 1), np.round(p * (1 - p), 1), y, 0.25)]
    labels = np.r_[np.zeros(30, int), np.ones(40, int), np.full(25, 3)]
    centres = rng.normal(size=(4, 5)) * 3
    mixing = rng.normal(size=(5, 5))
    cases["density"] = [
        density("three of four classes", centres[labels] + rng.normal(size=(95, 5)) @ mixing, labels,
                rng.normal(size=(12, 5)) * 4, 4),
        density("one feature", rng.normal(size=(20, 1)), np.arange(20) % 2, rng.normal(size=(5, 1)), 2),
    ]
    cases["logits"] = [
        logit_scores("random", rng.normal(size=(6, 4)) * 5),
        logit_scores("ties", np.array([[1, 1, 1], [2, 2, -1], [0, 0, 0], [-3, -1, -1]])),
        logit_scores("ten thousand", np.array([[1e4, -1e4, 0], [1e4, 1e4, -1e4], [-1e4, -1e4, -1e4], [-1e4, 0, 1]])),
        logit_scores("one class", np.array([[3], [0], [-1e4], [1e4]])),
    ]

    def compact(v):
        if isinstance(v, float):
            return float(f"{v:.10g}")
        if isinstance(v, list):
            return [compact(i) for i in v]
        if isinstance(v, dict):
            return {k: compact(i) for k, i in v.items()}
        return v
    for kind in cases:
        cases[kind] = compact(cases[kind])
    sys.stdout.write("{\n" + ",\n".join(
        json.dumps(kind) + ": [\n" + ",\n".join(json.dumps(c) for c in cases[kind]) + "]" for kind in cases) + "}\n")


main()

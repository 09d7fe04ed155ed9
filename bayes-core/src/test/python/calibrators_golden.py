#!/usr/bin/env python3
"""Writes the reference cases of calibration after training.

usage: calibrators_golden.py > ../resources/io/bayes4j/core/uncertainty/calibrators.json

Made with SciPy 1.17 (least likelihoods, by BFGS on autograd gradients of PyTorch 2.15), scikit-learn 1.9
(IsotonicRegression) and netcal 1.4.0 (HistogramBinning, one against the rest).
"""
import json
import sys
import warnings

import numpy as np
import torch
from netcal.binning import HistogramBinning
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

warnings.simplefilter("ignore")
rng = np.random.default_rng(21)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def loss(form, x, z, y, penalty):
    k = z.shape[2]
    if form == "temperature":
        scaled = z * torch.exp(x[0])
        extra = 0
    elif form == "vector":
        scaled = z * x[:k] + x[k:]
        extra = 0
    else:
        w = x[: k * k].reshape(k, k)
        scaled = z @ w.T + x[k * k:]
        off = w - torch.diag(torch.diag(w))
        extra = penalty * ((off**2).sum() / max(1, k * (k - 1)) + (x[k * k:] ** 2).mean())
    log = torch.log_softmax(scaled, -1)[:, torch.arange(len(y)), y]
    return -(torch.logsumexp(log, 0) - np.log(len(z))).mean() + extra


def scaling(name, form, z, y, penalty=0.0, attained=True):
    """Not attained: the likelihood grows all the way to a temperature of 0 or infinity, and has no greatest value."""
    z = f32(z)
    k = z.shape[2]
    start = {"temperature": np.zeros(1), "vector": np.r_[np.ones(k), np.zeros(k)],
             "matrix": np.r_[np.eye(k).reshape(-1), np.zeros(k)]}[form]
    zt, yt = torch.tensor(z), torch.tensor(y)

    def f(x):
        xt = torch.tensor(x, requires_grad=True)
        v = loss(form, xt, zt, yt, penalty)
        v.backward()
        return v.item(), xt.grad.numpy()

    best = minimize(f, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    return {"case": name, "form": form, "penalty": penalty, "shape": list(z.shape), "logits": z.reshape(-1).tolist(),
            "labels": y.tolist(), "loss": best.fun, "before": f(start)[0],
            "temperature": float(np.exp(-best.x[0])) if form == "temperature" and attained else None}


def normalized(p):
    s = p.sum(1, keepdims=True)
    return np.where(s > 0, p / np.where(s > 0, s, 1), 1 / p.shape[1])


def classwise(name, p, y, asked, bins):
    p, asked = f32(p), f32(asked)
    k = p.shape[1]
    iso = np.stack([
        IsotonicRegression(out_of_bounds="clip").fit(p[:, c], (y == c) * 1.0).predict(asked[:, c]) for c in range(k)
    ], 1)
    hist = []
    for c in range(k):
        b = lambda v: np.clip(np.ceil(np.float32(v) * bins).astype(int) - 1, 0, bins - 1)
        own, hits = b(p[:, c]), (y == c) * 1.0
        table = np.array([hits[own == i].mean() if (own == i).any() else (i + 0.5) / bins for i in range(bins)])
        hist.append(table[b(asked[:, c])])
    netcal = None
    if all(((np.bincount(np.clip(np.ceil(p[:, c] * bins).astype(int) - 1, 0, bins - 1), minlength=bins)) > 0).all()
           for c in range(k)):
        netcal = normalized(np.stack([
            HistogramBinning(bins).fit(p[:, c], (y == c) * 1).transform(asked[:, c]) for c in range(k)], 1)).reshape(-1).tolist()
    return {"case": name, "classes": k, "bins": bins, "probabilities": p.reshape(-1).tolist(), "labels": y.tolist(),
            "asked": asked.reshape(-1).tolist(), "isotonic_sklearn": normalized(iso).reshape(-1).tolist(),
            "histogram_hand": normalized(np.stack(hist, 1)).reshape(-1).tolist(), "histogram_netcal": netcal}


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def logits(s, n, k, scale):
    truth = rng.normal(size=(n, k))
    y = np.array([rng.choice(k, p=softmax(t)) for t in truth])
    return scale * truth + 0.7 * rng.normal(size=(s, n, k)), y


def main():
    one, y1 = logits(1, 120, 4, 3.0)
    many, ym = logits(5, 80, 3, 2.0)
    two, y2 = logits(1, 60, 2, 0.3)
    p = softmax(one[0])
    ties = np.round(p[:40] * 4) / 4
    ties = np.where(ties.sum(1, keepdims=True) == 1, ties, np.eye(4)[ties.argmax(1)])
    cases = {
        "scaling": [
            scaling("one network", "temperature", one, y1),
            scaling("too unsure", "temperature", two, y2),
            scaling("mean over five draws", "temperature", many, ym),
            scaling("one network", "vector", one, y1),
            scaling("mean over five draws", "vector", many, ym),
            scaling("one network", "matrix", one, y1),
            scaling("with a penalty", "matrix", one, y1, 0.1),
            scaling("ties", "temperature", np.round(one), y1),
            scaling("ties", "vector", np.round(one), y1),
            scaling("ties", "matrix", np.round(one), y1),
            scaling("ties, mean over five draws", "temperature", np.round(many), ym),
            scaling("all equal", "temperature", np.zeros((2, 6, 3)), np.arange(6) % 3),
            scaling("one example that draws disagree about", "temperature", np.array([[[2, 0]], [[0, 1.0]]]), np.array([0])),
            scaling("one example, right", "temperature", np.array([[[1, 0, -1.0]]]), np.array([0]), attained=False),
            scaling("one example, wrong", "temperature", np.array([[[1, 0, -1.0]]]), np.array([2]), attained=False),
            scaling("one example, wrong", "vector", np.array([[[1, 0, -1.0]]]), np.array([2])),
            scaling("one example", "matrix", np.array([[[1, 0, -1.0]]]), np.array([2]), 0.1),
        ],
        "classwise": [
            classwise("random", p, y1, softmax(rng.normal(size=(20, 4)) * 3), 3),
            classwise("ties", ties, y1[:40], np.r_[ties[:6], np.eye(4)], 10),
            classwise("two classes", softmax(two[0]), y2, np.array([[0, 1], [1, 0], [0.5, 0.5]]), 4),
            classwise("one label", p[:12], np.full(12, 2), p[12:20], 5),
            classwise("one example", p[:1], y1[:1], p[:3], 2),
        ],
    }

    def compact(v):
        if isinstance(v, float):
            return float(f"{v:.10g}")
        if isinstance(v, list):
            return [compact(i) for i in v]
        return {k: compact(i) for k, i in v.items()} if isinstance(v, dict) else v

    sys.stdout.write("{\n" + ",\n".join(
        json.dumps(kind) + ": [\n" + ",\n".join(json.dumps(compact(c)) for c in cases[kind]) + "]"
        for kind in cases) + "}\n")


main()

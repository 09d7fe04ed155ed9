#!/usr/bin/env python3
"""Writes the reference cases of conformal prediction.

usage: conformal_golden.py > ../resources/io/bayes4j/core/uncertainty/conformal.json

Made with MAPIE 1.6.0 (SplitConformalClassifier with LAC, APS and RAPS, SplitConformalRegressor,
ConformalizedQuantileRegressor with one margin for both sides), scikit-learn 1.9, NumPy 2.4. "shares" and
"asked_shares" are the random numbers that MAPIE drew: a score is the probability up to the class itself less that
share of the class's own.
"""
import json
import sys
import warnings

import numpy as np
from mapie.classification import SplitConformalClassifier
from mapie.conformity_scores import RAPSConformityScore, ResidualNormalisedScore
from mapie.regression import ConformalizedQuantileRegressor, SplitConformalRegressor
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

warnings.simplefilter("ignore")
rng = np.random.default_rng(16)
SEED = 3


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


class Given(ClassifierMixin, BaseEstimator):
    """A classifier whose inputs are its answers."""

    def __init__(self, k):
        self.classes_ = np.arange(k)
        self.is_fitted_ = True

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.asarray(x).argmax(1)


class Column(RegressorMixin, BaseEstimator):
    """A regressor whose answer is a column of its inputs."""

    def __init__(self, column=0):
        self.column = column
        self.is_fitted_ = True

    def fit(self, x, y):
        return self

    def predict(self, x):
        return np.asarray(x)[:, self.column]


def classes(name, p, y, asked, alpha, raps=False):
    p, asked = f32(p), f32(asked)
    k = p.shape[1]
    case = {"case": f"{name}, alpha {alpha}", "classes": k, "alpha": alpha, "probabilities": p.reshape(-1).tolist(),
            "labels": y.tolist(), "asked": asked.reshape(-1).tolist()}
    # MAPIE has but LAC for two labels, and for one.
    for kind in ("lac",) + (("aps",) if len(set(y)) > 2 else ()) + (("raps",) if raps else ()):
        score = RAPSConformityScore() if kind == "raps" else kind
        mapie = SplitConformalClassifier(Given(k), 1 - alpha, score, prefit=True, random_state=SEED).conformalize(p, y)
        if kind == "lac":
            _, sets = mapie.predict_set(asked)
            case["lac_threshold"] = float(np.ravel(mapie._mapie_classifier.conformity_score_function_.quantiles_)[0])
            case["lac_sets"] = sets[:, :, 0].astype(int).reshape(-1).tolist()
            continue
        _, sets = mapie.predict_set(asked, conformity_score_params={"include_last_label": "randomized"})
        inner = mapie._mapie_classifier.conformity_score_function_
        case[kind + "_threshold"] = float(np.ravel(inner.quantiles_)[0])
        case[kind + "_sets"] = sets[:, :, 0].astype(int).reshape(-1).tolist()
        kept = len(mapie._mapie_classifier.conformity_scores_)
        case[kind + "_shares"] = np.random.RandomState(SEED).uniform(size=kept).tolist()
        case["asked_shares"] = np.random.RandomState(SEED).uniform(size=len(asked)).tolist()
        _, up_to = mapie.predict_set(asked, conformity_score_params={"include_last_label": True})
        if kind == "raps":
            case["raps_sizes"] = up_to[:, :, 0].sum(1).astype(int).tolist()
            case["raps_penalty"] = float(inner.lambda_star)
            case["raps_free"] = int(np.ravel(inner.k_star)[0])
            rest = [int(np.flatnonzero((p == row).all(1))[0]) for row in kept_rows(inner, p, y)]
            case["raps_kept"] = rest
    return case


def kept_rows(score, p, y):
    """The rows that RAPS fixes its threshold on: those that it did not choose its penalty on."""
    chosen = {tuple(row) for row in score.X_raps}
    from sklearn.model_selection import StratifiedShuffleSplit
    kept, out = next(StratifiedShuffleSplit(n_splits=1, test_size=score.size_raps, random_state=SEED).split(p, y))
    assert {tuple(row) for row in p[out]} == chosen
    return p[kept]


def numbers(name, x, y, asked, alpha):
    """x: mean, lower, upper and spread, one row for each example."""
    x, y, asked = f32(x), f32(y), f32(asked)
    case = {"case": f"{name}, alpha {alpha}", "alpha": alpha, "targets": y.tolist()}
    for i, part in enumerate(("mean", "lower", "upper", "spread")):
        case[part] = x[:, i].tolist()
        case["asked_" + part] = asked[:, i].tolist()
    split = SplitConformalRegressor(Column(0), 1 - alpha, "absolute", prefit=True).conformalize(x, y)
    scaled = SplitConformalRegressor(Column(0), 1 - alpha, ResidualNormalisedScore(Column(3), prefit=True),
                                     prefit=True).conformalize(x, y)
    cqr = ConformalizedQuantileRegressor([Column(1), Column(2), Column(0)], 1 - alpha, prefit=True).conformalize(x, y)
    for kind, ranges in (("split", split.predict_interval(asked)[1]), ("scaled", scaled.predict_interval(asked)[1]),
                         ("cqr", cqr.predict_interval(asked, symmetric_correction=True)[1])):
        case[kind + "_lower"] = ranges[:, 0, 0].tolist()
        case[kind + "_upper"] = ranges[:, 1, 0].tolist()
    return case


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def drawn(n, k, scale):
    truth = scale * rng.normal(size=(n, k))
    return softmax(truth), np.array([rng.choice(k, p=softmax(t)) for t in truth])


def eighths(n, k):
    p = rng.multinomial(8, np.full(k, 1 / k), size=n) / 8
    return p, np.array([rng.choice(k, p=row) for row in p])


def line(n):
    mean, spread = rng.normal(size=n), np.exp(rng.normal(size=n) / 2)
    y = mean + spread * rng.normal(size=n)
    return np.stack([mean, mean - spread, mean + 1.5 * spread, spread], 1), y


def main():
    p, y = drawn(150, 6, 1.5)
    q, _ = drawn(30, 6, 1.5)
    ties, ty = eighths(50, 4)
    sure = np.eye(3)[np.arange(40) % 3]
    x, t = line(70)
    a, _ = line(12)
    coarse, ct = np.round(2 * x) / 2, np.round(t)
    coarse[:, 3] = np.maximum(coarse[:, 3], 0.5)
    wide = x.copy()
    wide[:, 1] -= 9
    wide[:, 2] += 9
    crossed = x[:, [0, 2, 1, 3]]
    cases = {
        "classes": [
            classes("random", p, y, q, 0.1, True),
            classes("random", p, y, q, 0.35, True),
            classes("random", p, y, q, 0.5, True),
            classes("ties", ties, ty, ties[:20], 0.2),
            classes("probabilities 0 and 1", sure, np.r_[np.arange(37) % 3, 0, 0, 0], sure[:3], 0.2),
            classes("one label", p, np.zeros(150, dtype=int), q, 0.1),
            # MAPIE refuses 1 / alpha examples and fewer; 9 have a quantile.
            classes("as few as MAPIE takes", p[:11], y[:11], q, 0.1),
            classes("19 at 0.35", p[:19], y[:19], q, 0.35),
        ],
        "numbers": [
            numbers("random", x, t, a, 0.1),
            numbers("random", x, t, a, 0.35),
            numbers("ties", coarse, ct, coarse[:12], 0.2),
            numbers("far too wide", wide, t, a, 0.1),
            numbers("crossed quantiles", crossed, t, a, 0.1),
            numbers("one target", x, np.ones(70), a, 0.2),
            numbers("as few as MAPIE takes", x[:11], t[:11], a, 0.1),
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

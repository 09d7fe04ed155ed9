"""Writes losses.json: what PyTorch's losses compute in double precision, summed and over the number of examples.

Usage: python losses_golden.py > ../resources/io/bayes4j/layers/loss/losses.json
Each case has the output x, the targets, the weights of the examples or none, the loss, and its gradient by x. The loss
is reduction='none', summed over the places of an example, times the example's weight, summed, over N.
"""

import json
import sys

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.8g}") for v in tensor.detach().reshape(-1).tolist()]}


def draw(*shape):
    return (2 * torch.randn(*shape)).float().double()


def case(name, kind, config, x, targets, terms, weighted):
    x.requires_grad_()
    n = x.shape[0]
    weights = torch.rand(n).float().double() * 3 if weighted else None
    each = terms(x, targets).reshape(n, -1).sum(1)
    loss = (each if weights is None else each * weights).sum() / n
    loss.backward()
    tensors = {"x": numbers(x), "targets": numbers(targets.double()), "grad_x": numbers(x.grad)}
    if weighted:
        tensors["weights"] = numbers(weights)
    return {"case": name, "kind": kind, "config": config, "loss": float(f"{loss.item():.12g}"), "tensors": tensors}


def classes(name, *shape, weights=None, ignored=None, weighted=False):
    targets = torch.randint(0, shape[1], (shape[0], *shape[2:]))
    if ignored is not None:
        targets.reshape(-1)[::3] = ignored
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    terms = lambda x, t: F.cross_entropy(
        x, t, weight=weight, ignore_index=-100 if ignored is None else ignored, reduction="none"
    )
    config = {"weights": weights, "ignored": ignored}
    return case(name, "classes", config, draw(*shape), targets, terms, weighted)


def labels(name, *shape, positive=None, soft=False, weighted=False):
    targets = torch.rand(*shape).float().double()
    targets = targets if soft else targets.round()
    weight = None if positive is None else torch.tensor(positive, dtype=torch.float64)
    if weight is not None and len(positive) > 1:
        weight = weight.reshape(-1, *[1] * (len(shape) - 2))
    terms = lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=weight, reduction="none")
    return case(name, "labels", {"weights": positive}, draw(*shape), targets, terms, weighted)


def gaussian(name, *shape, weighted=False):
    d = shape[1] // 2
    targets = draw(shape[0], d, *shape[2:])
    terms = lambda x, t: F.gaussian_nll_loss(
        x[:, :d], t, F.softplus(x[:, d:]) + 1e-6, full=True, eps=1e-12, reduction="none"
    )
    return case(name, "gaussian", {}, draw(*shape), targets, terms, weighted)


def smoothed(name, *shape, smoothing=0.1, weights=None, ignored=-100, weighted=False):
    targets = torch.randint(0, shape[1], (shape[0], *shape[2:]))
    if ignored != -100:
        targets.reshape(-1)[::3] = ignored
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    terms = lambda x, t: F.cross_entropy(
        x, t, weight=weight, ignore_index=ignored, reduction="none", label_smoothing=smoothing
    )
    config = {"weights": weights, "ignored": ignored, "smoothing": smoothing}
    return case(name, "classes", config, draw(*shape), targets, terms, weighted)


def focal(name, *shape, gamma=2.0, weights=None, weighted=False):
    """torch-uncertainty 0.13, FocalLoss: -(1 - p)^gamma log p of the label, times alpha of its class."""
    targets = torch.randint(0, shape[1], (shape[0], *shape[2:]))

    def terms(x, t):
        log_p = F.log_softmax(x, 1).gather(1, t.unsqueeze(1)).squeeze(1)
        alpha = 1 if weights is None else torch.tensor(weights, dtype=torch.float64)[t]
        return -alpha * (1 - log_p.exp()) ** gamma * log_p

    config = {"weights": weights, "ignored": None, "gamma": gamma}
    return case(name, "classes", config, draw(*shape), targets, terms, weighted)


def focal_labels(name, *shape, gamma=2.0, positive=None, weighted=False):
    """torchvision 0.29, ops.sigmoid_focal_loss without alpha; a yes times its weight."""
    from torchvision.ops import sigmoid_focal_loss

    targets = torch.rand(*shape).round()
    weight = torch.ones(1) if positive is None else torch.tensor(positive, dtype=torch.float64)
    if len(weight) > 1:
        weight = weight.reshape(-1, *[1] * (len(shape) - 2))

    def terms(x, t):
        return sigmoid_focal_loss(x, t, alpha=-1, gamma=gamma) * (weight * t + 1 - t)

    return case(name, "labels", {"weights": positive, "gamma": gamma}, draw(*shape), targets, terms, weighted)


def beta_nll(name, *shape, beta=0.5, weighted=False):
    """Seitzer et al. 2022, section 4: the likelihood without its constant, times a variance that has no gradient."""
    d = shape[1] // 2

    def terms(x, t):
        variance = F.softplus(x[:, d:]) + 1e-6
        return F.gaussian_nll_loss(x[:, :d], t, variance, eps=1e-12, reduction="none") * variance.detach() ** beta

    return case(name, "beta", {"beta": beta}, draw(*shape), draw(shape[0], d, *shape[2:]), terms, weighted)


def student(name, *shape, degrees=4.0, weighted=False):
    d = shape[1] // 2

    def terms(x, t):
        scale = (F.softplus(x[:, d:]) + 1e-6).sqrt()
        return -torch.distributions.StudentT(degrees, x[:, :d], scale).log_prob(t)

    return case(name, "student", {"degrees": degrees}, draw(*shape), draw(shape[0], d, *shape[2:]), terms, weighted)


def pinball(name, *shape, quantiles, weighted=False):
    """Koenker and Bassett 1978; sklearn.metrics.mean_pinball_loss is the mean of each quantile's terms."""
    d = shape[1] // len(quantiles)

    def terms(x, t):
        errors = t.unsqueeze(1) - x.reshape(shape[0], len(quantiles), d, *shape[2:])
        q = torch.tensor(quantiles, dtype=torch.float64).reshape(-1, *[1] * (len(shape) - 1))
        return torch.maximum(q * errors, (q - 1) * errors)

    return case(name, "pinball", {"quantiles": quantiles}, draw(*shape), draw(shape[0], d, *shape[2:]), terms, weighted)


def cases():
    yield classes("rows", 4, 5)
    yield classes("rows-class-weights", 4, 3, weights=[0.5, 2, 0])
    yield classes("rows-ignored", 5, 3, ignored=-100)
    yield classes("rows-example-weights", 4, 5, weighted=True)
    yield classes("sequence", 2, 3, 5)
    yield classes("image", 2, 3, 2, 4)
    yield classes("image-all", 3, 4, 2, 3, weights=[1, 3, 0.25, 2], ignored=255, weighted=True)
    yield classes("volume", 2, 3, 2, 2, 3, weights=[1, 2, 3], ignored=0)
    yield labels("one", 4)
    yield labels("column", 4, 1, positive=[3])
    yield labels("several-soft", 3, 4, soft=True)
    yield labels("several-positive", 3, 4, positive=[1, 5, 0.2, 0], weighted=True)
    yield labels("image", 2, 1, 3, 3, positive=[2.5], soft=True)
    yield labels("image-several", 2, 3, 2, 2, positive=[1, 2, 3], soft=True, weighted=True)
    yield gaussian("columns", 4, 2)
    yield gaussian("columns-example-weights", 4, 6, weighted=True)
    yield gaussian("image", 2, 4, 2, 3)
    yield gaussian("sequence", 2, 2, 5, weighted=True)
    yield smoothed("smoothed", 4, 5)
    yield smoothed("smoothed-all", 3, 4, 2, 3, smoothing=0.3, weights=[1, 3, 0.25, 2], ignored=255, weighted=True)
    yield focal("focal", 5, 4)
    yield focal("focal-sequence", 3, 3, 4, gamma=0.5, weights=[1, 0.5, 2], weighted=True)
    yield focal_labels("focal-column", 5, 1)
    yield focal_labels("focal-several", 3, 4, 2, gamma=1.5, positive=[1, 5, 0.2, 0], weighted=True)
    yield beta_nll("half", 4, 2)
    yield beta_nll("one-image", 2, 4, 2, 2, beta=1.0, weighted=True)
    yield student("four", 4, 2)
    yield student("heavy-image", 2, 4, 2, 2, degrees=1.3, weighted=True)
    yield student("almost-gaussian", 3, 4, degrees=500.0)
    yield pinball("interval", 5, 2, quantiles=[0.05, 0.95])
    yield pinball("three-places", 2, 6, 3, quantiles=[0.1, 0.5, 0.8], weighted=True)


torch.manual_seed(7)
json.dump(list(cases()), sys.stdout, separators=(",", ":"))
print()

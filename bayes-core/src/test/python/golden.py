#!/usr/bin/env python3
"""Writes the reference cases of golden/other, computed in double precision by PyTorch.

usage: golden.py OUT_DIR

A case fixes inputs, posterior (mu, rho) and noise: eps for the weights, for flipout the signs, for
local reparameterization eps for the outputs. The gradients are those of sum(y * g), for recurrent
layers of sum(y * g) + sum(hn * gh) + sum(cn * gc). W = mu + softplus(rho) * eps.
"""
import json
import math
import os
import sys

import torch
import torch.nn.functional as F

PRIOR_MU, PRIOR_SIGMA = 0.1, 0.7

# kind: (name, shape of x, inputs, outputs, kernel, options, bias)
AFFINE = {
    "linear": [
        ("sequence", (2, 3, 5), 5, 4, None, {}, True),
        ("two-axes-of-steps", (2, 2, 3, 4), 4, 3, None, {}, False),
        ("one-example-one-unit", (1, 6), 6, 1, None, {}, True),
    ],
    "conv1d": [
        ("groups-stride3-pad4", (2, 6, 13), 6, 9, (5,), dict(stride=(3,), padding=(4,), groups=3), False),
        ("reflect-stride2", (2, 2, 8), 2, 3, (4,), dict(stride=(2,), padding=(3,), padding_mode="reflect"), True),
        ("same-even-dil3", (2, 2, 9), 2, 3, (4,), dict(dilation=(3,), same=True), True),
        ("replicate-one-wide", (1, 1, 4), 1, 2, (1,), dict(padding=(2,), padding_mode="replicate"), False),
    ],
    "conv2d": [
        ("depthwise", (2, 4, 5, 4), 4, 4, (3, 3), dict(groups=4, padding=(1, 1)), True),
        ("multiplier", (2, 2, 4, 5), 2, 6, (2, 3), dict(groups=2), False),
        ("k1-stride2", (2, 5, 5, 4), 5, 3, (1, 1), dict(stride=(2, 2)), False),
        ("all-rectangular", (1, 2, 11, 9), 2, 3, (4, 3), dict(dilation=(3, 2), stride=(2, 3), padding=(5, 1)), True),
        ("circular-groups", (2, 2, 4, 5), 2, 4, (3, 2), dict(padding=(2, 1), groups=2, padding_mode="circular"), True),
        ("reflect-dil2", (1, 2, 5, 6), 2, 2, (2, 3), dict(padding=(1, 3), dilation=(1, 2), padding_mode="reflect"), True),
        ("same-even-by-odd", (2, 2, 4, 3), 2, 3, (4, 3), dict(same=True, dilation=(1, 2)), False),
        ("same-circular", (1, 2, 4, 5), 2, 2, (2, 3), dict(same=True, padding_mode="circular"), True),
        ("kernel-as-large-as-input", (3, 2, 3, 4), 2, 3, (3, 4), {}, True),
    ],
    "conv3d": [
        ("dilations", (1, 3, 4, 3, 5), 3, 2, (2, 2, 3), dict(dilation=(2, 1, 2), padding=(1, 0, 2)), True),
        ("replicate-stride", (1, 2, 3, 2, 3), 2, 2, (2, 2, 3), dict(stride=(1, 2, 2), padding=(1, 1, 2), padding_mode="replicate"), False),
        ("same-even", (1, 2, 3, 2, 3), 2, 2, (2, 1, 3), dict(same=True), True),
        ("depthwise", (1, 2, 3, 3, 2), 2, 4, (2, 2, 2), dict(groups=2), True),
    ],
    "conv_transpose1d": [
        ("dil-groups", (2, 4, 5), 4, 6, (4,), dict(stride=(3,), padding=(2,), output_padding=(2,), groups=2, dilation=(2,)), False),
        ("outpad-by-dilation", (1, 2, 4), 2, 3, (2,), dict(dilation=(3,), output_padding=(2,)), True),
        ("cropped", (2, 2, 5), 2, 2, (3,), dict(padding=(3,)), True),
    ],
    "conv_transpose2d": [
        ("rectangular", (1, 3, 3, 2), 3, 4, (4, 2), dict(stride=(3, 2), padding=(1, 0), output_padding=(2, 1)), False),
        ("depthwise", (2, 3, 3, 3), 3, 3, (2, 3), dict(groups=3, stride=(1, 2)), True),
        ("stride-above-kernel", (1, 2, 2, 3), 2, 2, (2, 1), dict(stride=(3, 4), output_padding=(1, 3)), True),
    ],
    "conv_transpose3d": [
        ("groups", (1, 4, 2, 3, 2), 4, 2, (3, 2, 3), dict(stride=(2, 1, 3), padding=(1, 0, 1), groups=2, output_padding=(1, 0, 2)), True),
        ("dilation", (1, 2, 2, 2, 3), 2, 2, (2, 2, 1), dict(dilation=(2, 1, 2), padding=(1, 0, 0)), False),
    ],
}

# cell, layers, bidirectional, bias, examples, steps, inputs, hidden, estimator
RECURRENT = [
    ("lstm", 2, True, False, 2, 3, 4, 3, "reparameterization"),
    ("lstm", 3, False, True, 1, 4, 2, 3, "reparameterization"),
    ("lstm", 1, False, True, 3, 1, 2, 2, "reparameterization"),
    ("lstm", 1, False, True, 2, 3, 3, 2, "flipout"),
    ("lstm", 2, True, True, 2, 2, 2, 2, "flipout"),
    ("gru", 1, False, True, 2, 4, 3, 4, "reparameterization"),
    ("gru", 2, True, True, 2, 3, 2, 3, "reparameterization"),
    ("gru", 2, False, False, 1, 3, 2, 3, "reparameterization"),
    ("gru", 1, True, True, 2, 3, 3, 2, "flipout"),
    ("gru", 1, False, False, 2, 2, 2, 2, "flipout"),
]


def tensor(x):
    data = [float(f"{float(v):.9g}") for v in x.detach().reshape(-1)]
    return {"shape": list(x.shape), "data": data}


def leaf(*shape, scale=1.0, shift=0.0):
    return (torch.randn(*shape) * scale + shift).requires_grad_(True)


def posterior(*shape):
    return leaf(*shape, scale=0.3), leaf(*shape, scale=0.5, shift=-1)


def signs(*shape):
    return torch.where(torch.rand(*shape) < 0.5, -1.0, 1.0)


def kl(mu, rho):
    s = F.softplus(rho)
    squares = (s**2 + (mu - PRIOR_MU) ** 2) / (2 * PRIOR_SIGMA**2)
    return (math.log(PRIOR_SIGMA) - torch.log(s) + squares - 0.5).sum()


def same_padding(options, kernel):
    """Elements before and after each axis, the last axis first."""
    pads = []
    for axis in reversed(range(len(kernel))):
        total = options.get("dilation", (1,) * len(kernel))[axis] * (kernel[axis] - 1)
        pads += [total // 2, total - total // 2]
    return pads


def affine(kind, kernel, options):
    if kind == "linear":
        return F.linear
    if kind.startswith("conv_transpose"):
        return lambda x, w, b: getattr(F, kind)(x, w, b, **options)
    rest = {k: v for k, v in options.items() if k not in ("padding", "padding_mode", "same")}
    if options.get("same"):
        pads = same_padding(options, kernel)
    else:
        padding = options.get("padding", (0,) * len(kernel))
        pads = [p for side in reversed(padding) for p in (side, side)]
    mode = options.get("padding_mode", "zeros")

    def conv(x, w, b):
        padded = F.pad(x, pads, mode="constant" if mode == "zeros" else mode)
        return getattr(F, kind)(padded, w, b, **rest)

    return conv


def sign_shape(kind, shape, channels):
    ones = [1] * (len(shape) - 2)
    return [shape[0], *ones, channels] if kind == "linear" else [shape[0], channels, *ones]


def affine_case(kind, name, shape, inputs, outputs, kernel, options, bias, estimator):
    groups = options.get("groups", 1)
    if kind == "linear":
        weights = (outputs, inputs)
    elif "transpose" in kind:
        weights = (inputs, outputs // groups, *kernel)
    else:
        weights = (outputs, inputs // groups, *kernel)
    f = affine(kind, kernel, options)
    x = leaf(*shape)
    mu, rho = posterior(*weights)
    eps = torch.randn(*weights)
    bias_mu, bias_rho = posterior(outputs) if bias else (None, None)
    bias_eps = torch.randn(outputs) if bias else None
    sigma = F.softplus(rho)
    bias_sigma = F.softplus(bias_rho) if bias else None
    all_tensors = dict(x=x, mu=mu, rho=rho)
    if bias:
        all_tensors.update(bias_mu=bias_mu, bias_rho=bias_rho)
    leaves = dict(all_tensors)
    if estimator == "reparameterization":
        y = f(x, mu + sigma * eps, bias_mu + bias_sigma * bias_eps if bias else None)
    elif estimator == "flipout":
        sign_in = signs(*sign_shape(kind, shape, inputs))
        sign_out = signs(*sign_shape(kind, shape, outputs))
        delta = f(x * sign_in, sigma * eps, bias_sigma * bias_eps if bias else None)
        y = f(x, mu, bias_mu) + sign_out * delta
        all_tensors.update(sign_in=sign_in, sign_out=sign_out)
    else:
        variance = f(x**2, sigma**2, bias_sigma**2 if bias else None)
        output_eps = torch.randn_like(variance)
        y = f(x, mu, bias_mu) + torch.sqrt(variance) * output_eps
        all_tensors.update(output_eps=output_eps)
    g = torch.randn_like(y)
    divergence = kl(mu, rho) + (kl(bias_mu, bias_rho) if bias else 0)
    all_tensors.update(eps=eps, y=y, g=g)
    if bias:
        all_tensors.update(bias_eps=bias_eps)
    for label, value in zip(leaves, torch.autograd.grad((y * g).sum(), leaves.values())):
        all_tensors["grad_" + label] = value
    labels = [label for label in leaves if label != "x"]
    for label, value in zip(labels, torch.autograd.grad(divergence, [leaves[l] for l in labels])):
        all_tensors["klgrad_" + label] = value
    return {
        "case": f"{kind}/{name}/{estimator}", "kind": kind, "estimator": estimator,
        "in": inputs, "out": outputs, "kernel": kernel, "config": options, "bias": bias,
        "prior_mu": PRIOR_MU, "prior_sigma": PRIOR_SIGMA, "kl_sum": float(divergence.detach()),
        "tensors": {k: tensor(v) for k, v in all_tensors.items()},
    }


def step(cell, a, b, h, c):
    """One step; a is what the input gives to the gates, b what the hidden state gives."""
    if cell == "lstm":
        i, f, g, o = (a + b).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    ar, az, an = a.chunk(3, 1)
    br, bz, bn = b.chunk(3, 1)
    z = torch.sigmoid(az + bz)
    n = torch.tanh(an + torch.sigmoid(ar + br) * bn)
    return (1 - z) * n + z * h, c


def recurrent_case(cell, layers, both_ways, bias, n, steps, inputs, hidden, estimator):
    module = (torch.nn.LSTM if cell == "lstm" else torch.nn.GRU)(
        inputs, hidden, layers, bias=bias, batch_first=True, bidirectional=both_ways)
    names = [name for name, _ in module.named_parameters()]
    directions = 2 if both_ways else 1
    leaves = dict(x=leaf(n, steps, inputs), h0=leaf(layers * directions, n, hidden))
    if cell == "lstm":
        leaves["c0"] = leaf(layers * directions, n, hidden)
    for name, p in module.named_parameters():
        leaves["mu." + name], leaves["rho." + name] = posterior(*p.shape)
    eps = {name: torch.randn_like(p) for name, p in module.named_parameters()}
    delta = {k: F.softplus(leaves["rho." + k]) * eps[k] for k in names}
    extra = {"eps." + k: v for k, v in eps.items()}
    for name, p in module.named_parameters():
        if estimator == "flipout" and name.startswith("weight"):
            extra["sign_in." + name] = signs(n, p.shape[1])
            extra["sign_out." + name] = signs(n, p.shape[0])

    def part(x, which):
        w, b = "weight_" + which, "bias_" + which
        mu_b = leaves["mu." + b] if bias else None
        delta_b = delta[b] if bias else None
        if estimator == "reparameterization":
            return F.linear(x, leaves["mu." + w] + delta[w], mu_b + delta_b if bias else None)
        mean = F.linear(x, leaves["mu." + w], mu_b)
        noisy = F.linear(x * extra["sign_in." + w], delta[w], delta_b)
        return mean + extra["sign_out." + w] * noisy

    y, hn, cn = leaves["x"], [], []
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            at = layer * directions + direction
            suffix = f"l{layer}" + ("_reverse" if direction else "")
            h = leaves["h0"][at]
            c = leaves["c0"][at] if cell == "lstm" else None
            out = [None] * steps
            for t in reversed(range(steps)) if direction else range(steps):
                h, c = step(cell, part(y[:, t], "ih_" + suffix), part(h, "hh_" + suffix), h, c)
                out[t] = h
            outputs.append(torch.stack(out, 1))
            hn.append(h)
            cn.append(c)
        y = torch.cat(outputs, 2)
    results = dict(y=y, hn=torch.stack(hn))
    if cell == "lstm":
        results["cn"] = torch.stack(cn)
    if estimator == "reparameterization":
        check_against_module(module, leaves, delta, results, cell)
    weights = {"g" + ("" if k == "y" else k[0]): torch.randn_like(v) for k, v in results.items()}
    loss = sum((v * w).sum() for v, w in zip(results.values(), weights.values()))
    gradients = torch.autograd.grad(loss, leaves.values())
    all_tensors = {**leaves, **extra, **results, **weights}
    all_tensors.update({"grad_" + k: v for k, v in zip(leaves, gradients)})
    way = "bi" if both_ways else "uni"
    divergence = sum(kl(leaves["mu." + k], leaves["rho." + k]) for k in names)
    return {
        "case": f"{cell}/l{layers}-{way}-{'bias' if bias else 'nobias'}-t{steps}/{estimator}",
        "kind": cell, "layers": layers, "bidirectional": both_ways, "bias": bias, "in": inputs,
        "hidden": hidden, "prior_mu": PRIOR_MU, "prior_sigma": PRIOR_SIGMA,
        "kl_sum": float(divergence.detach()),
        "tensors": {k: tensor(v) for k, v in all_tensors.items()},
    }


def check_against_module(module, leaves, delta, results, cell):
    """The loop above must be what torch.nn computes with the drawn weights."""
    with torch.no_grad():
        for name, p in module.named_parameters():
            p.copy_(leaves["mu." + name] + delta[name])
        state = (leaves["h0"], leaves["c0"]) if cell == "lstm" else leaves["h0"]
        y, last = module(leaves["x"], state)
        hn = last[0] if cell == "lstm" else last
        assert torch.allclose(y, results["y"]) and torch.allclose(hn, results["hn"])


def embedding_case(name, count, units, padding, numbers):
    mu, rho = posterior(count, units)
    eps = torch.randn(count, units)
    keep = torch.ones(count, 1)
    if padding is not None:
        keep[padding] = 0
    y = ((mu + F.softplus(rho) * eps) * keep)[torch.tensor(numbers)]
    g = torch.randn_like(y)
    grads = torch.autograd.grad((y * g).sum(), [mu, rho])
    divergence = kl(mu, rho)
    all_tensors = dict(x=torch.tensor(numbers, dtype=torch.float64), mu=mu, rho=rho, eps=eps, y=y,
                       g=g, grad_mu=grads[0], grad_rho=grads[1])
    return {
        "case": f"embedding/{name}/reparameterization", "kind": "embedding", "in": count,
        "out": units, "config": {} if padding is None else {"padding_index": padding},
        "bias": False, "prior_mu": PRIOR_MU, "prior_sigma": PRIOR_SIGMA,
        "kl_sum": float(divergence.detach()),
        "tensors": {k: tensor(v) for k, v in all_tensors.items()},
    }


def norm_case(kind, name, shape, groups, normalized, epsilon, scaled):
    parameters = normalized if kind == "layer_norm" else (shape[1],)
    x = leaf(*shape, scale=2, shift=0.5)
    weight = leaf(*parameters) if scaled else None
    bias = leaf(*parameters) if scaled else None
    if kind == "layer_norm":
        y = F.layer_norm(x, normalized, weight, bias, epsilon)
    else:
        y = F.group_norm(x, groups, weight, bias, epsilon)
    g = torch.randn_like(y)
    leaves = dict(x=x, weight=weight, bias=bias) if scaled else dict(x=x)
    all_tensors = dict(leaves, y=y, g=g)
    for label, value in zip(leaves, torch.autograd.grad((y * g).sum(), leaves.values())):
        all_tensors["grad_" + label] = value
    return {
        "case": f"{kind}/{name}/none", "kind": kind, "in": shape[1], "out": shape[1],
        "config": {"groups": groups, "axes": len(normalized), "epsilon": epsilon},
        "bias": scaled, "prior_mu": 0, "prior_sigma": 1, "kl_sum": 0,
        "tensors": {k: tensor(v) for k, v in all_tensors.items()},
    }


def batch_norm_case(name, shape, epsilon, momentum, scaled, tracked):
    channels, dims = shape[1], max(1, len(shape) - 2)
    norm = getattr(torch.nn, f"BatchNorm{dims}d")(channels, epsilon, momentum, scaled, tracked)
    parameters = dict(norm.named_parameters())
    for parameter in parameters.values():
        torch.nn.init.normal_(parameter)
    batches = [leaf(*shape, scale=1 + i, shift=0.5 * i) for i in range(3)]
    for x in batches:
        y = norm(x)
    g = torch.randn_like(y)
    all_tensors = {f"x{i}": x for i, x in enumerate(batches)}
    all_tensors.update(parameters, y=y, g=g)
    leaves = dict(x=batches[-1], **parameters)
    for label, value in zip(leaves, torch.autograd.grad((y * g).sum(), leaves.values())):
        all_tensors["grad_" + label] = value
    if tracked:
        all_tensors.update(running_mean=norm.running_mean, running_var=norm.running_var)
    all_tensors["predicted"] = norm.eval()(batches[0])
    return {
        "case": f"batch_norm/{name}/none", "kind": "batch_norm", "in": channels, "out": channels,
        "config": {"epsilon": epsilon, "momentum": momentum or "none", "tracked": tracked},
        "bias": scaled, "prior_mu": 0, "prior_sigma": 1, "kl_sum": 0,
        "tensors": {k: tensor(v) for k, v in all_tensors.items()},
    }


def main():
    folder = sys.argv[1]
    torch.manual_seed(31)
    torch.set_default_dtype(torch.float64)
    os.makedirs(folder, exist_ok=True)
    estimators = ("reparameterization", "flipout", "local_reparameterization")
    cases = [
        affine_case(kind, *row, estimators[(i + j) % 3] if kind != "linear" else estimators[j])
        for kind, rows in AFFINE.items()
        for i, row in enumerate(rows)
        for j in range(3 if kind == "linear" else 2)
    ]
    cases += [recurrent_case(*row) for row in RECURRENT]
    cases += [
        embedding_case("repeated", 5, 3, None, [[4, 0, 4], [1, 4, 2]]),
        embedding_case("padded", 4, 2, 1, [[1, 3, 0, 1], [2, 1, 1, 3]]),
        embedding_case("vector-of-numbers", 3, 4, 2, [2, 0, 0, 1]),
        norm_case("layer_norm", "features", (3, 4, 5), 1, (5,), 1e-5, True),
        norm_case("layer_norm", "two-axes", (2, 3, 4, 2), 1, (4, 2), 1e-3, True),
        norm_case("layer_norm", "bare", (4, 6), 1, (6,), 1e-5, False),
        norm_case("group_norm", "images", (2, 6, 3, 4), 3, (), 1e-5, True),
        norm_case("group_norm", "as-layer-norm", (2, 4, 5), 1, (), 1e-3, True),
        norm_case("group_norm", "as-instance-norm", (2, 3, 2, 2, 3), 3, (), 1e-5, False),
        norm_case("group_norm", "vectors", (3, 6), 2, (), 1e-5, True),
        batch_norm_case("vectors", (5, 3), 1e-5, 0.1, True, True),
        batch_norm_case("sequences", (2, 3, 4), 1e-3, 0.4, True, True),
        batch_norm_case("images-cumulative", (2, 3, 2, 3), 1e-2, None, True, True),
        batch_norm_case("vectors-cumulative-bare", (4, 2), 1e-5, None, False, True),
        batch_norm_case("volumes-bare", (2, 2, 2, 3, 2), 1e-1, 0.01, False, True),
        batch_norm_case("images-untracked", (3, 2, 2, 2), 1e-3, 0.1, True, False),
        batch_norm_case("vectors-bare-untracked", (4, 3), 1e-5, 0.1, False, False),
    ]
    for kind in dict.fromkeys(case["kind"] for case in cases):
        with open(os.path.join(folder, kind + ".json"), "w") as out:
            of_kind = [case for case in cases if case["kind"] == kind]
            json.dump(of_kind, out, separators=(",", ":"))
            out.write("\n")
    print(len(cases), "cases")


main()

"""Numbers of NumPy's functions and their derivatives where floats end, in double precision.

    python math_functions_golden.py > ../resources/io/bayes4j/layers/math-functions.json

Inputs are floats; results are rounded to float, so that what is too large is infinite. Written with NumPy 2.
"""
import json, math
import numpy as np

LEAST, GREATEST = float(np.float32(2.0**-149)), float(np.finfo(np.float32).max)
EVERYWHERE = [0.0, -0.0, 1.0, -1.0, 0.1, -0.75, 3.5, 1e-6, LEAST, -LEAST, 1.1754944e-38, GREATEST, -GREATEST, math.inf, -math.inf, math.nan]
FUNCTIONS = {
    "EXP": (np.exp, np.exp, [88.7, 88.8, -87.3, -100.0, -104.0, 1e-8]),
    "LOG": (np.log, lambda x: 1 / x, [1.0000001, 0.99999994, 1e30, 1e-30]),
    "SQRT": (np.sqrt, lambda x: 0.5 / np.sqrt(x), [2.0, 1e30, 1e-30]),
    "SQUARE": (np.square, lambda x: 2 * x, [1e20, 1e-20, 1e-30, -1.5e19]),
    "NEGATE": (np.negative, lambda x: -np.ones_like(x), []),
    "ERF": (np.vectorize(math.erf), lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x), [0.5, 0.84375, 1.25, -2.857, 3.8, -3.9, 6.0, 1e-10]),
    "RECIPROCAL": (lambda x: 1 / x, lambda x: -1 / (x * x), [3.0, 1e-38, 1e20, -1e-20, 2.9e38]),
}


def texts(values):
    with np.errstate(all="ignore"):
        return [repr(float(v)) for v in values.astype(np.float32)]


with np.errstate(all="ignore"):
    cases = []
    for name, (function, derivative, more) in FUNCTIONS.items():
        x = np.array(EVERYWHERE + more, np.float32)
        wide = x.astype(np.float64)
        cases.append(dict(name=name, x=texts(x), y=texts(function(wide)), grad=texts(derivative(wide))))
print(json.dumps(cases, separators=(",", ":")).replace("},", "},\n"))

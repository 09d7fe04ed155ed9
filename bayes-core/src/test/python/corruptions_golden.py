#!/usr/bin/env python3
"""Writes what the published code makes of a picture, for all corruptions of CIFAR-10-C but frost.

usage: corruptions_golden.py make_cifar_c.py > ../resources/io/bayes4j/core/corruption/cifar-c.json

make_cifar_c.py is ImageNet-C/create_c/make_cifar_c.py of github.com/hendrycks/robustness. Its functions run as they are
on NumPy 2.4, scikit-image 0.26, OpenCV 5.0, SciPy 1.17 and Pillow, but for arguments that scikit-image has renamed, for
random numbers, which come from the generator below that the Java test has too, and for ImageMagick's motion blur, which is
the translation in imagecorruptions 1.1.2. Bytes are packed with zlib and base64, in the order rows, columns, colours.
"""
import base64
import json
import math
import re
import sys
import zlib

import cv2
import numpy as np
import skimage as sk
import skimage.color
import skimage.util
from imagecorruptions.corruptions import _motion_blur
from io import BytesIO
from PIL import Image as PILImage
from scipy.ndimage import map_coordinates, zoom as scizoom
from skimage.filters import gaussian as sk_gaussian


class Dice:
    """u(i) of a linear congruential generator; normals are twelve of them less six."""

    def __init__(self):
        self.state = 12345

    def one(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def many(self, size, draw):
        if size is None:
            return draw()
        a = np.array([draw() for _ in range(int(np.prod(size)))])
        return a.reshape(size)

    def normal(self, loc=0.0, scale=1.0, size=None):
        return loc + scale * self.many(size, lambda: sum(self.one() for _ in range(12)) - 6)

    def uniform(self, low=0.0, high=1.0, size=None):
        return low + (high - low) * self.many(size, self.one)

    def randint(self, low, high, size=None):
        return np.floor(self.uniform(low, high, size)).astype(int)

    def poisson(self, lam):
        def count(mean):
            u = self.one() + self.one() * 2.0**-24
            p = total = math.exp(-mean)
            n = 0
            while u >= total and n < 20 * (mean + 10):
                n += 1
                p *= mean / n
                total += p
            return n
        return np.array([count(m) for m in lam.reshape(-1)]).reshape(lam.shape)


def gaussian(x, sigma, mode="nearest", truncate=4.0, multichannel=False):
    return sk_gaussian(x, sigma=sigma, mode=mode, truncate=truncate, channel_axis=-1 if multichannel else None)


def random_noise(x, mode, amount):
    flipped = np.random.uniform(size=x.shape) <= amount
    salted = np.random.uniform(size=x.shape) < 0.5
    return np.where(flipped, np.where(salted, 1.0, 0.0), x)


class MotionImage:
    def __init__(self, blob):
        self.x = np.array(PILImage.open(BytesIO(blob)))

    def motion_blur(self, radius, sigma, angle):
        self.x = _motion_blur(self.x.astype(np.float64), radius, sigma, angle)

    def decoded(self):
        return self.x if self.x.ndim == 2 else self.x[..., ::-1]  # OpenCV's blue, green, red


def main():
    source = open(sys.argv[1]).read()
    source = source[source.index("def disk("): source.index("# /////////////// End Distortions")]
    i, j = source.index("# Tell Python about the C"), source.index("# modification of https")
    source = source[:i] + source[j:]
    source = source.replace("np.float_", "np.float64")
    source = re.sub(r"cv2\.imdecode\(np\.fromstring\((\w+)\.make_blob\(\), np\.uint8\),\s*cv2\.IMREAD_UNCHANGED\)",
                    r"\1.decoded()", source)
    space = dict(globals())
    y, x = np.mgrid[0:32, 0:32] / 31.0
    picture = np.stack([x, 0.5 + 0.4 * np.sin(9 * x * y), 1 - y], -1)
    picture[8:20, 10:24] = [0.9, 0.2, 0.1]
    picture[(x - 0.3) ** 2 + (y - 0.8) ** 2 < 0.03] = 0
    picture[2:6, 2:30:3] = 1
    picture[26:30, 20:30] = 0.5
    picture = np.uint8(picture * 255 + 0.5)
    kinds = ["gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow",
             "fog", "brightness", "contrast", "elastic_transform", "pixelate", "jpeg_compression", "speckle_noise",
             "gaussian_blur", "spatter", "saturate"]
    sk.util.random_noise = random_noise
    exec(compile(source, sys.argv[1], "exec"), space)
    pack = lambda a: base64.b64encode(zlib.compress(np.ascontiguousarray(a).tobytes(), 9)).decode()
    out = {"picture": pack(picture), "cases": []}
    for kind in kinds:
        for severity in range(1, 6):
            dice = Dice()
            for name in ("normal", "uniform", "randint", "poisson"):
                setattr(np.random, name, getattr(dice, name))
            result = np.uint8(np.clip(np.array(space[kind](PILImage.fromarray(picture), severity)), 0, 255))
            out["cases"].append({"kind": kind, "severity": severity, "bytes": pack(result)})
    sys.stdout.write("{\"picture\": " + json.dumps(out["picture"]) + ",\n\"cases\": [\n"
                     + ",\n".join(json.dumps(c) for c in out["cases"]) + "]}\n")


main()

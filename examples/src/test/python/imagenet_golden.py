"""Pictures as torchvision prepares them for ImageNet's networks: writes src/test/resources/imagenet.

Made with Pillow 13.0.0 and torchvision 0.29.2. Run in examples/: python src/test/python/imagenet_golden.py
"""

import os

import numpy as np
from PIL import Image
from torchvision import transforms

FOLDER = "src/test/resources/imagenet"
# Width, height, mode, options of the JPEG: shrunk by little and by much, enlarged, odd sides, halves to round.
PICTURES = {
    "wide": (321, 260, "RGB", {"quality": 90}),
    "tall": (301, 643, "RGB", {"quality": 85, "progressive": True}),
    "small": (91, 60, "RGB", {"quality": 95, "subsampling": 0}),
    "grey": (257, 341, "L", {"quality": 90}),
    "ink": (300, 280, "CMYK", {"quality": 90}),
}


def drawn(width, height, mode):
    """Waves, an edge and a disc: smooth enough to be small, sharp enough to tell filters apart."""
    channels = len(mode)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for channel in range(channels):
        wave = 0.5 + 0.3 * np.sin(x / (9 + 4 * channel)) * np.cos(y / (13 - 2 * channel))
        wave = np.where(x + y / 2 > 0.7 * width, 1 - wave, wave)
        disc = np.hypot(x - 0.4 * width, y - 0.6 * height) < 0.2 * min(width, height)
        planes.append(np.where(disc, 0.1 + 0.25 * channel, wave))
    pixels = (np.stack(planes, axis=-1) * 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels, mode)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    prepare = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    for name, (width, height, mode, options) in PICTURES.items():
        path = os.path.join(FOLDER, name + ".jpg")
        drawn(width, height, mode).save(path, **options)
        with Image.open(path) as picture:
            prepare(picture.convert("RGB")).save(os.path.join(FOLDER, name + ".png"), optimize=True)


if __name__ == "__main__":
    main()

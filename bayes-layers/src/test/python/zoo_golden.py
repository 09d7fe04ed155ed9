"""Small networks of torchvision's classes: weights as torch.save writes them, an input and the output in .npz.

    python zoo_golden.py ../resources/io/bayes4j/layers/zoo
    python zoo_golden.py --full FOLDER      published sizes, for a check by hand (ZooFullSize)

Weights are random and so are the statistics of batch normalisation, whose inputs would else hardly matter. U-Net is
written out here with the names of github.com/milesial/Pytorch-UNet. Written with torch 2.15, torchvision 0.29.
"""
import functools, sys
import numpy as np, torch
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.efficientnet import MBConvConfig

bneck = functools.partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)


def double(i, o):
    m = nn.Module()
    m.double_conv = nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
        nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
    m.forward = m.double_conv.forward
    return m


class UNet(nn.Module):
    def __init__(self, channels, classes, width, steps):
        super().__init__()
        self.steps = steps
        self.inc = double(channels, width)
        for k in range(steps):
            down = nn.Module()
            down.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), double(width << k, width << (k + 1)))
            setattr(self, f"down{k + 1}", down)
        for k in range(steps):
            i = width << (steps - k)
            up = nn.Module()
            up.up = nn.ConvTranspose2d(i, i // 2, 2, stride=2)
            up.conv = double(i, i // 2)
            setattr(self, f"up{k + 1}", up)
        self.outc = nn.Module()
        self.outc.conv = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        sizes = [self.inc(x)]
        for k in range(self.steps):
            sizes.append(getattr(self, f"down{k + 1}").maxpool_conv(sizes[-1]))
        y = sizes[-1]
        for k in range(self.steps):
            up = getattr(self, f"up{k + 1}")
            y = up.conv(torch.cat([sizes[self.steps - 1 - k], up.up(y)], 1))
        return self.outc.conv(y)


def vgg(norm):
    model = models.VGG(models.vgg.make_layers([4, "M", 8, 8, "M"], batch_norm=norm), num_classes=3)
    model.classifier = nn.Sequential(nn.Linear(8 * 49, 6), nn.ReLU(), nn.Dropout(), nn.Linear(6, 6), nn.ReLU(), nn.Dropout(), nn.Linear(6, 3))
    return model


SMALL = {
    "vgg": (lambda: vgg(False), 28),
    "vgg-bn": (lambda: vgg(True), 28),
    "mobilenet": (lambda: models.MobileNetV2(3, 0.25, [[1, 16, 1, 1], [2, 24, 2, 2]]), 20),
    "densenet": (lambda: models.DenseNet(4, (2, 3), 8, num_classes=3), 32),
    "efficientnet": (lambda: models.EfficientNet(
        [bneck(1, 3, 1, 8, 8, 1), bneck(2, 5, 2, 8, 16, 2)], 0.2, num_classes=3, last_channel=64), 20),
    "convnext": (lambda: models.ConvNeXt([CNBlockConfig(8, 16, 2), CNBlockConfig(16, None, 1)], num_classes=3), 16),
    "vit": (lambda: models.VisionTransformer(16, 8, 2, 2, 8, 12, num_classes=3), 16),
    "unet": (lambda: UNet(3, 2, 4, 2), 16),
}
FULL = {
    "vgg": (lambda: models.vgg11(), 224),
    "vgg-bn": (lambda: models.vgg16_bn(), 224),
    "mobilenet": (lambda: models.mobilenet_v2(), 224),
    "densenet": (lambda: models.densenet121(), 224),
    "efficientnet": (lambda: models.efficientnet_b0(), 224),
    "convnext": (lambda: models.convnext_tiny(), 224),
    "vit": (lambda: models.vit_b_16(), 224),
    "unet": (lambda: UNet(3, 2, 64, 4), 64),
}


def main(folder, cases):
    for name, (make, side) in cases.items():
        torch.manual_seed(7)
        model = make().eval()
        with torch.no_grad():
            for key, value in model.state_dict().items():
                if key.endswith("running_var"):
                    value.uniform_(0.5, 2)
                elif value.is_floating_point() and value.unique().numel() == 1 or key.endswith("running_mean"):
                    value.normal_(0.5 if "weight" in key or "scale" in key else 0, 0.25)
            x = torch.randn(2, 3, side, side)
            y = model(x)
        torch.save(model.state_dict(), f"{folder}/{name}.pt")
        np.savez(f"{folder}/{name}.npz", x=x.numpy(), y=y.numpy())
        print(name, tuple(y.shape), float(y.std()), sum(p.numel() for p in model.parameters()))


if __name__ == "__main__":
    full = sys.argv[1] == "--full"
    main(sys.argv[-1], FULL if full else SMALL)

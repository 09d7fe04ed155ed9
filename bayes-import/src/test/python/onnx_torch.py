"""ONNX models from both of PyTorch's exporters, each with an input and what PyTorch makes of it.

    python onnx_torch.py ../resources/io/bayes4j/imports/onnx

Writes NAME-old.onnx and NAME-new.onnx (with NAME-new.onnx.data where the exporter does) and NAME.json. Weights are
random, running statistics too, so that nothing is at its default. Written with torch 2.15, onnx 1.23, onnxscript 0.7.
"""
import json, pathlib, sys, warnings, onnx, torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
torch.backends.mha.set_fastpath_enabled(False)
OUT = pathlib.Path(sys.argv[1])


class Fn(nn.Module):
    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x):
        return self.function(self, x)


class ConvNeXtBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dw = nn.Conv2d(c, c, 3, padding=1, groups=c)
        self.norm = nn.LayerNorm(c, eps=1e-6)
        self.up, self.down = nn.Linear(c, 2 * c), nn.Linear(2 * c, c)
        self.scale = nn.Parameter(torch.randn(c, 1, 1))

    def forward(self, x):
        y = self.norm(self.dw(x).permute(0, 2, 3, 1))
        y = self.down(F.gelu(self.up(y))).permute(0, 3, 1, 2)
        return x + self.scale * y


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.position = nn.Parameter(torch.randn(1, 5, 8))
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", batch_first=True, norm_first=True), 2,
            enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        n = x.shape[0]
        y = self.patch(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(n, -1, -1), y], 1) + self.position
        return self.head(self.encoder(y)[:, 0])


class Squeeze(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pool, self.fc1, self.fc2 = nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, 2, 1), nn.Conv2d(2, c, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.fc2(F.silu(self.fc1(self.pool(x)))))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 6, 3, stride=2, padding=1)
        self.up, self.c = nn.ConvTranspose2d(6, 4, 2, stride=2), nn.Conv2d(8, 3, 1)
        self.side = nn.Conv2d(6, 3, 1)

    def forward(self, x):
        a = F.relu(self.a(x))
        b = F.relu(self.b(a))
        wide = F.interpolate(self.side(b), scale_factor=2, mode="bilinear")
        return self.c(torch.cat([a, F.relu(self.up(b))], 1)) + wide + F.interpolate(self.side(b), scale_factor=2)


def basic():
    return Fn(lambda m, x: F.relu(m.bn2(m.conv2(F.relu(m.bn1(m.conv1(x))))) + m.short(x)),
              conv1=nn.Conv2d(3, 4, 3, 2, 1, bias=False), bn1=nn.BatchNorm2d(4),
              conv2=nn.Conv2d(4, 4, 3, 1, 1, bias=False), bn2=nn.BatchNorm2d(4),
              short=nn.Sequential(nn.Conv2d(3, 4, 1, 2, bias=False), nn.BatchNorm2d(4)))


tied = nn.Linear(4, 4)
MODELS = {
    "mlp": (nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 3), nn.Softmax(-1)), [3, 5]),
    "tied": (Fn(lambda m, x: m.a(torch.tanh(m.a(x))), a=tied), [3, 4]),
    "cnn": (nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
                          nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.Conv2d(4, 6, 3, dilation=2, padding=2), nn.ELU(0.7),
                          nn.AvgPool2d(2, 2, 1, count_include_pad=False), nn.Flatten(), nn.Linear(54, 3),
                          nn.LogSoftmax(1)), [2, 1, 9, 9]),
    "residual": (nn.Sequential(basic(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)), [2, 3, 8, 8]),
    "mobile": (nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.Hardswish(), nn.Conv2d(4, 4, 3, 1, 1, groups=4),
                             nn.BatchNorm2d(4), nn.ReLU6(), Squeeze(4), nn.Conv2d(4, 8, 1), nn.Mish(),
                             nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(), nn.Linear(32, 3)), [2, 3, 8, 8]),
    "convnext": (nn.Sequential(nn.Conv2d(3, 4, 2, 2), ConvNeXtBlock(4), Fn(lambda m, x: m.fc(x.mean([-2, -1])),
                 fc=nn.Linear(4, 3))), [2, 3, 8, 8]),
    "vit": (ViT(), [2, 3, 8, 8]),
    "unet": (UNet(), [2, 2, 6, 8]),
    "lstm": (Fn(lambda m, x: m.fc(m.rnn(x)[0][:, -1]), rnn=nn.LSTM(3, 4, 2, batch_first=True), fc=nn.Linear(4, 2)),
             [2, 5, 3]),
    "bilstm": (Fn(lambda m, x: m.fc(m.rnn(x)[0]), rnn=nn.LSTM(3, 4, batch_first=True, bidirectional=True),
                  fc=nn.Linear(8, 2)), [2, 5, 3]),
    "gru": (Fn(lambda m, x: m.fc(m.rnn(x)[1].transpose(0, 1).flatten(1)),
               rnn=nn.GRU(3, 4, batch_first=True, bidirectional=True), fc=nn.Linear(8, 2)), [2, 5, 3]),
    "norms": (nn.Sequential(nn.Conv2d(2, 6, 3), nn.GroupNorm(3, 6), nn.PReLU(6), nn.Conv2d(6, 4, 1),
                            nn.InstanceNorm2d(4, affine=True), nn.LeakyReLU(0.2), nn.Flatten(2), nn.LayerNorm(16),
                            nn.Softplus()), [2, 2, 6, 6]),
    "conv1d": (nn.Sequential(nn.Conv1d(2, 4, 3, padding=1), nn.BatchNorm1d(4), nn.GELU(), nn.MaxPool1d(2),
                             nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1, output_padding=1)), [2, 2, 8]),
    "conv3d": (nn.Sequential(nn.Conv3d(1, 2, 2), nn.BatchNorm3d(2), nn.ReLU(), nn.AvgPool3d(2), nn.Flatten(),
                             nn.Linear(16, 2)), [2, 1, 5, 5, 5]),
    "pads": (Fn(lambda m, x: F.hardtanh(m.c(F.pad(F.pad(x, (1, 2, 0, 1)), (1, 1, 1, 1), mode="reflect"))[:, :, ::2, 1:-1], -1, 0.5),
                c=nn.Conv2d(2, 3, 3)), [2, 2, 5, 5]),
    "tanhgelu": (Fn(lambda m, x: F.hardtanh(m.fc(F.gelu(x, approximate="tanh")).softmax(1) ** 2, -0.5, 0.75).chunk(2, 1)[1],
                    fc=nn.Linear(4, 6)), [3, 4]),
}
TOKENS = {
    "tokens": (Fn(lambda m, x: m.fc(m.encoder(m.table(x) + m.position[:x.shape[1]])[:, 0]),
                  table=nn.Embedding(11, 8), fc=nn.Linear(8, 2),
                  encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 1,
                                                enable_nested_tensor=False)), [2, 5]),
}


def randomize(model):
    for name, tensor in list(model.named_parameters()) + list(model.named_buffers()):
        if tensor.dtype.is_floating_point:
            values = torch.randn_like(tensor) * 0.3
            tensor.data = 0.5 + torch.rand_like(tensor) if "running_var" in name else values
        if name.endswith("norm.weight") or ".norm" in name and name.endswith("weight") or "bn" in name and "weight" in name:
            tensor.data = 1 + 0.3 * torch.randn_like(tensor)


def strip(file):
    """Leaves out where in which source an operator is from, most of a small file."""
    model = onnx.load(file, load_external_data=False)
    for node in list(model.graph.node) + [n for f in model.functions for n in f.node]:
        del node.metadata_props[:]
        node.doc_string = ""
    for values in (model.graph.value_info, model.graph.input, model.graph.output, model.graph.initializer):
        for value in values:
            del value.metadata_props[:]
    del model.graph.metadata_props[:], model.metadata_props[:]
    file.write_bytes(model.SerializeToString())


def numbers(tensor):
    return dict(shape=list(tensor.shape), data=[float(f"{v:.9g}") for v in tensor.double().flatten().tolist()])


def write(name, model, x):
    """The softmax at the end, which an import leaves out, is left out of what is expected too."""
    model.eval()
    logits = nn.Sequential(*list(model)[:-1]) if isinstance(model, nn.Sequential) and "Softmax" in str(model[-1]) else model
    with torch.no_grad():
        y = logits(x).clone()
        (OUT / f"{name}.json").write_text(json.dumps(dict(x=numbers(x), y=numbers(y)), separators=(",", ":")))
        names = dict(input_names=["input"], output_names=["output"])
        torch.onnx.export(model, (x,), str(OUT / f"{name}-old.onnx"), dynamo=False, opset_version=17,
                          dynamic_axes={"input": {0: "n"}}, **names)
        torch.onnx.export(model, (x,), str(OUT / f"{name}-new.onnx"), dynamo=True, external_data=name == "mlp",
                          dynamic_shapes=({0: torch.export.Dim("n")},), verbose=False, **names)
    for kind in ("old", "new"):
        strip(OUT / f"{name}-{kind}.onnx")
    print(name, "written")


for name, (model, shape) in list(MODELS.items()) + list(TOKENS.items()):
    torch.manual_seed(1)
    randomize(model)
    if name == "tokens":
        model.position = nn.Parameter(torch.randn(6, 8))
    write(name, model, torch.randint(0, 11, shape) if name in TOKENS else torch.randn(shape))

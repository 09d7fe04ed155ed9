"""Writes torchvision's ResNet-18 with random weights as ONNX, for RuntimeRates: python resnet18.py FILE"""
import sys, torch, torchvision

model = torchvision.models.resnet18(weights=None).eval()
torch.onnx.export(model, (torch.randn(2, 3, 224, 224),), sys.argv[1], dynamo=False, opset_version=17,
                  input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "n"}})

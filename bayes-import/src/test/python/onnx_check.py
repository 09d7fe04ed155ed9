"""Runs models that OnnxExport has written in ONNX Runtime, and compares with the original framework's outputs.

    python onnx_check.py FOLDER ../resources/io/bayes4j/imports/onnx

FOLDER holds what ExportAll wrote, with the outputs of networks of our own. Prints the largest difference, relative to the largest output, of each model.
"""
import json, pathlib, re, sys
import numpy as np, onnx, onnxruntime

worst = 0
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    own = file.with_suffix(".json")
    case = json.loads((own if own.exists() else pathlib.Path(sys.argv[2]) / (re.sub(r"(-old|-new)?\.onnx$", "", file.name) + ".json")).read_text())
    x, y = (np.array(case[k]["data"], np.float32).reshape(case[k]["shape"]) for k in "xy")
    onnx.checker.check_model(onnx.load(file))
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    got = session.run(None, {"input": x})[0]
    apart = float(np.abs(got - y).max() / np.abs(y).max()) if got.shape == y.shape else float("inf")
    worst = max(worst, apart)
    print(f"{file.name}: {apart:.2g}")
print(f"largest: {worst:.2g}")
sys.exit(worst > 1e-5)

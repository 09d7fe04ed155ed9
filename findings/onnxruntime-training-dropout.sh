#!/bin/sh
# Whether ONNX Runtime drops units when a model's Dropout is told to train. Seen with ONNX Runtime 1.32.0, onnx 1.23.2 on Python 3.11.
#
# Guess: Dropout with training_mode fed true drops units, which is how Monte-Carlo dropout is written in ONNX; the specification says so.
# Seen:  with the default optimizations a Dropout inside the network is removed when the session is made, although training_mode is an input
#        that is only known at run time: all passes are equal, nothing is said, and a Monte-Carlo spread is exactly zero. One that is
#        the network's last operation stays. With ORT_DISABLE_ALL both drop units.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.3.5
cat > passes.py <<'PY'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

UNITS = 1000


def network(*kinds):
    nodes, last = [], "x"
    for number, kind in enumerate(kinds):
        name = "y" if number + 1 == len(kinds) else f"value{number}"
        more = ["ratio", "training"] if kind == "Dropout" else []
        nodes.append(helper.make_node(kind, [last, *more], [name]))
        last = name
    graph = helper.make_graph(
        nodes,
        "graph",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [UNITS]),
            helper.make_tensor_value_info("training", TensorProto.BOOL, []),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [UNITS])],
        [helper.make_tensor("ratio", TensorProto.FLOAT, [], [0.5])],
    )
    imports = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString()


def dropped(model, level):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    y = session.run(None, {"x": np.ones(UNITS, np.float32), "training": np.array(True)})[0]
    return "units dropped" if (y == 0).any() else "nothing dropped"


levels = onnxruntime.GraphOptimizationLevel
for name, kinds in {"inside": ("Relu", "Dropout", "Neg"), "last": ("Relu", "Dropout")}.items():
    print(name, "by default:", dropped(network(*kinds), levels.ORT_ENABLE_ALL))
    print(name, "not optimized:", dropped(network(*kinds), levels.ORT_DISABLE_ALL))
PY
env/bin/python passes.py > seen
cat seen
cat > expected <<'TEXT'
inside by default: nothing dropped
inside not optimized: units dropped
last by default: units dropped
last not optimized: units dropped
TEXT
diff expected seen

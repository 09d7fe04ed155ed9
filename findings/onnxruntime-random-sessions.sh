#!/bin/sh
# Whether two sessions of ONNX Runtime draw different random numbers. Seen with ONNX Runtime 1.32.0, onnx 1.23.2 on Python 3.11.
#
# Guess: RandomNormalLike without a seed gives other numbers in every session.
# Seen:  the numbers go on from run to run of one session, but each new session of a process begins them again: two sessions, as workers of
#        a pool have, return the same draws, so that an average over them is no better than one alone. Only another process draws others.
#        What is meant to be a draw of its own needs a session that is kept, or noise that is fed in.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check onnxruntime==1.32.0 onnx==1.23.2 numpy==2.3.5
cat > sessions.py <<'PY'
import sys

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

graph = helper.make_graph(
    [helper.make_node("RandomNormalLike", ["x"], ["y"])],
    "graph",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def draws():
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [session.run(None, {"x": np.zeros(4, np.float32)})[0].tolist() for _ in range(2)]


first, second = draws(), draws()
print("two runs of one session:", "equal" if first[0] == first[1] else "different", file=sys.stderr)
print("two sessions:", "equal" if first == second else "different", file=sys.stderr)
print(first)
PY
env/bin/python sessions.py > first 2> seen
env/bin/python sessions.py > second 2> /dev/null
if cmp -s first second; then echo "two processes: equal" >> seen; else echo "two processes: different" >> seen; fi
cat seen
cat > expected <<'TEXT'
two runs of one session: different
two sessions: equal
two processes: different
TEXT
diff expected seen

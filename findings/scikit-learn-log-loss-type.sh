#!/bin/sh
# What log_loss makes of one certain mistake in arrays of several types. Seen with scikit-learn 1.9.1, NumPy 2.3.5 on Python 3.11.
#
# Guess: probabilities are cut off at one small number, so that equal probabilities have equal loss.
# Seen:  the limit is the machine epsilon of the array's type: the same mistake, probability 0 for the true class, costs 36.04 nats as float64,
#        15.94 as float32 and 6.93 as float16. Networks give float32, so that a log likelihood of theirs and one of float64 probabilities
#        that hold the same zeros cannot be compared, and a model that is sometimes wrong for sure looks better in a smaller type.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.3.5
cat > expected <<'TEXT'
float64 36.04
float32 15.94
float16 6.93
TEXT
cat > mistake.py <<'PY'
import numpy as np
from sklearn.metrics import log_loss

for kind in (np.float64, np.float32, np.float16):
    loss = log_loss([1], np.array([[1, 0]], dtype=kind), labels=[0, 1])
    print(kind.__name__, format(loss, ".2f"))
PY
env/bin/python mistake.py > seen
cat seen
diff expected seen

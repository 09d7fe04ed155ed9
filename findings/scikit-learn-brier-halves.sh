#!/bin/sh
# The scale of the Brier score for two classes and for three. Seen with scikit-learn 1.9.1, NumPy 2.3.5 on Python 3.11.
#
# Guess: with a column for each class the score is the sum of squares over the columns, whatever their number: 2 for a certain mistake.
# Seen:  by default (scale_by_half="auto") two classes are halved and three are not: a certain mistake costs 1 among two classes and 2 among
#        three. A third class that nobody names or believes in doubles the score. scale_by_half=False gives Brier's own definition for both.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.3.5
cat > classes.py <<'PY'
import numpy as np
from sklearn.metrics import brier_score_loss

truth = ["a", "b"]
two = np.array([[0.0, 1.0], [1.0, 0.0]])
three = np.hstack([two, np.zeros((2, 1))])
print("two", brier_score_loss(truth, two, labels=["a", "b"]))
print("three", brier_score_loss(truth, three, labels=["a", "b", "c"]))
print("two, whole", brier_score_loss(truth, two, labels=["a", "b"], scale_by_half=False))
PY
env/bin/python classes.py > seen
cat seen
cat > expected <<'TEXT'
two 1.0
three 2.0
two, whole 2.0
TEXT
diff expected seen

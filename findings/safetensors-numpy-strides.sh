#!/bin/sh
# What the safetensors package writes of a NumPy array that is a view. Seen with safetensors 0.8.0 and NumPy 2.3.5 on Python 3.11.
#
# Guess: the values are written as the array shows them, or the array is refused.
# Seen:  a transposed view is written with its own shape and the values in the order of the memory behind it: the file holds another matrix,
#        nothing in it shows that, and reading it back gives the wrong one without a word. A view of every second column is written with the
#        memory that begins at its first number, columns that it leaves out included. An array in Fortran order fares as the transposed one.
#        numpy.ascontiguousarray before saving is right. No reader can tell: compare outputs on a sample.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check safetensors==0.8.0 numpy==2.3.5
cat > views.py <<'PY'
import numpy as np
from safetensors.numpy import load_file, save_file

weights = np.arange(6, dtype=np.float32).reshape(2, 3)
views = {
    "transposed": weights.T,
    "every second": weights[:, ::2],
    "fortran": np.asfortranarray(weights),
    "copied": np.ascontiguousarray(weights.T),
}
save_file(views, "views.safetensors")
read = load_file("views.safetensors")
for name, view in views.items():
    kept = "kept" if np.array_equal(view, read[name]) else "changed"
    print(f"{name}: {view.tolist()} {kept} as {read[name].tolist()}")
PY
env/bin/python views.py > seen
cat seen
cat > expected <<'TEXT'
transposed: [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] changed as [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
every second: [[0.0, 2.0], [3.0, 5.0]] changed as [[0.0, 1.0], [2.0, 3.0]]
fortran: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] changed as [[0.0, 3.0, 1.0], [4.0, 2.0, 5.0]]
copied: [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] kept as [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
TEXT
diff expected seen

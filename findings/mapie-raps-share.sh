#!/bin/sh
# How many examples RAPS keeps back to choose its penalty. Seen with MAPIE 1.6.0, scikit-learn 1.9.1, NumPy 2.3.5 on Python 3.11.
#
# Guess: RAPSConformityScore(size_raps=0.5) keeps half of the calibration examples for lambda and k, and finds the limit on the other half.
# Seen:  whatever size_raps says, a tenth is kept and nine tenths give the limit: SplitConformalClassifier sets the share to None before it
#        splits, and scikit-learn's splitter takes a tenth then. The default that the class states, 0.2, is not used either.
#
# Needs Python 3.11. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check mapie==1.6.0 scikit-learn==1.9.1 numpy==2.3.5
cat > shares.py <<'PY'
from mapie.classification import SplitConformalClassifier
from mapie.conformity_scores import RAPSConformityScore
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

x, y = make_classification(n_samples=400, n_classes=4, n_informative=6, random_state=1)
model = LogisticRegression(max_iter=1000).fit(x[:200], y[:200])


def kept(score):
    sets = SplitConformalClassifier(
        model, confidence_level=0.9, prefit=True, conformity_score=score, random_state=1
    )
    sets.conformalize(x[200:], y[200:])
    return len(sets._mapie_classifier.conformity_score_function_.y_raps)


print("default", kept(RAPSConformityScore()), "of 200")
for share in (0.1, 0.2, 0.5):
    print(share, kept(RAPSConformityScore(size_raps=share)), "of 200")
PY
env/bin/python shares.py > seen
cat seen
cat > expected <<'TEXT'
default 20 of 200
0.1 20 of 200
0.2 20 of 200
0.5 20 of 200
TEXT
diff expected seen

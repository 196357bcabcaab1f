#!/usr/bin/env bash
# Degrees of freedom of a model that leaves none: an actor-partner model in which nothing is set equal.
#
# Two outcomes on two predictors, with four slopes and a covariance of the errors: whatever the data, it fits to the last
# digit, so there is nothing to test and no degree of freedom.
# semopy 2.3.11  reports three, and a p value of 1.000: it counts the variances and the covariance of the predictors as
#                data that the model could have missed, though it takes them as they are. A test of equal effects that
#                leans on such numbers has three degrees of freedom too many, and its chi squared looks small.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check semopy==2.3.11 numpy==2.4.6 pandas==3.1.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import numpy as np
import pandas as pd
import semopy

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
pairs = pd.DataFrame(rng.normal(size=(100, 4)), columns=["x_a", "x_b", "e_a", "e_b"])
pairs["y_a"] = 0.5 * pairs["x_a"] + 0.2 * pairs["x_b"] + pairs["e_a"]
pairs["y_b"] = 0.5 * pairs["x_b"] + 0.2 * pairs["x_a"] + pairs["e_b"] + 0.5 * pairs["e_a"]
model = semopy.Model("y_a ~ x_a + x_b\ny_b ~ x_a + x_b\ny_a ~~ y_b")
model.fit(pairs)
stats = semopy.calc_stats(model).T["Value"]
print(stats[["DoF", "chi2", "chi2 p-value"]].to_string())
sys.exit(not (stats["DoF"] == 3 and stats["chi2"] < 0.001 and stats["chi2 p-value"] > 0.999))
PYTHON

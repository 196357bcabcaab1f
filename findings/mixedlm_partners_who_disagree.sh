#!/usr/bin/env bash
# What becomes of pairs whose members move apart (a negative within-pair correlation) in a random-intercept model.
#
# statsmodels 0.15.0  MixedLM finds no optimum (it says so in warnings, `converged` is False), and all the same returns
#                     coefficients with standard errors and a positive variance between pairs. Eight pairs whose errors
#                     correlate at -.98: variance between pairs .390, within 6.58, so a within-pair correlation of +.06;
#                     standard error of the intercept 3.03, where generalised least squares has .356.
#
# Coefficients agree here, so nothing in the table of effects looks odd. A random intercept cannot stand for a negative
# correlation; the exact fit is two regressions, one on the sums of each pair and one on the differences.
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

y = np.array([[1, 9], [2, 8.5], [7.5, 2], [3, 7], [9.5, 0.5], [4, 6.5], [8, 1.5], [6, 4.5]])
x = np.array([[1.0, 2], [2, 2], [3, 1], [1, 3], [4, 2], [2, 4], [3, 3], [4, 1]])
people = pd.DataFrame(
    {"pair": np.repeat(np.arange(8), 2), "y": y.ravel(), "own": x.ravel(), "partner": x[:, ::-1].ravel()}
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    fit = smf.mixedlm("y ~ own + partner", people, groups="pair").fit(reml=True)

root = np.sqrt(2)
sums = np.column_stack([np.full(8, root), x.sum(axis=1) / root])
between = np.linalg.lstsq(sums, y.sum(axis=1) / root)[1][0] / (8 - 2)
within = np.linalg.lstsq((x[:, :1] - x[:, 1:]) / root, (y[:, 0] - y[:, 1]) / root)[1][0] / (8 - 1)
error = float(np.sqrt(between * np.linalg.inv(sums.T @ sums)[0, 0]))
rho = float((between - within) / (between + within))

variance, told = float(fit.cov_re.iloc[0, 0]), float(fit.bse_fe["Intercept"])
print(f"converged {fit.converged}; variance between pairs {variance:.3f}, within {fit.scale:.3f}")
print(f"standard error of the intercept {told:.3f}; by sums and differences {error:.3f}, rho {rho:.3f}")
same = [not fit.converged, variance > 0.3, np.isfinite(fit.fe_params).all(), told > 8 * error, rho < -0.98]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON

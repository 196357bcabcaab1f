#!/usr/bin/env bash
# What becomes of rows that say no pair, in models of pairs: people who were in none, or whose number was lost.
#
# 20 pairs, and 12 people without a number (NaN) whose outcomes lie five points higher.
# interlace-lme 0.3.2  takes the 12 for one more group, a pair of twelve: 21 groups instead of 20, the variance between
#                      pairs is 2.42 instead of .53 and the slope .06 instead of .21. Nothing is said.
# statsmodels 0.15.0   OLS with clustered errors does the same (52 rows; the error of the slope .35 instead of .19).
#                      Its MixedLM refuses the table, and GEE leaves the rows out.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check interlace-lme==0.3.2 statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import interlace
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

rng = np.random.default_rng(0)
shared = np.repeat(rng.normal(size=20), 2)
pairs = pd.DataFrame({"pair": np.repeat(np.arange(20.0), 2), "x": rng.normal(size=40)})
pairs["y"] = shared + rng.normal(size=40) + 0.5 * pairs["x"]
single = pd.DataFrame({"pair": np.nan, "x": rng.normal(size=12), "y": rng.normal(size=12) + 5})
everybody = pd.concat([pairs, single], ignore_index=True)

found = {}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for name, table in {"pairs alone": pairs, "with people in none": everybody}.items():
        mixed = interlace.fit("y ~ x", table, groups="pair")
        clustered = smf.ols("y ~ x", table).fit(cov_type="cluster", cov_kwds={"groups": table["pair"]})
        found[name] = {
            "groups": mixed.ngroups["pair"],
            "variance of pairs": round(float(mixed.variance_components["pair"]), 2),
            "slope": round(float(mixed.fe_params["x"]), 2),
            "rows": int(clustered.nobs),
            "clustered error": round(float(clustered.bse["x"]), 2),
        }
        print(name, found[name])
expected = {
    "pairs alone": {"groups": 20, "variance of pairs": 0.53, "slope": 0.21, "rows": 40, "clustered error": 0.19},
    "with people in none": {
        "groups": 21,
        "variance of pairs": 2.42,
        "slope": 0.06,
        "rows": 52,
        "clustered error": 0.35,
    },
}
sys.exit(found != expected)
PYTHON

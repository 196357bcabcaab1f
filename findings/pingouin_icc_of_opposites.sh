#!/usr/bin/env bash
# What is reported as the agreement of two members of a pair who are opposite.
#
# An intraclass correlation of single members of pairs lies from -1 to 1, and one of means of two is at most 1. For six
# pairs whose members answered oppositely (1 and 9, 2 and 8, ...; one pair a point off)
# pingouin 0.7.0   intraclass_corr reports, without a word of warning, an absolute agreement of single members of -1.42
#                  (95 % interval -1.43 to -1.29), and one of the members' means of 6.80 (6.65 to 8.83): the more
#                  opposite, the higher a number that is read as reliability. Where all are exactly opposite, 6.98 and
#                  minus infinity, with interval ends equal to the estimate.
# They follow from estimating variances by moments, some of which come out negative, and dividing by their sum.
# The one-way ICC(1,1), -0.99 here, keeps to its range.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pingouin==0.7.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import numpy as np
import pandas as pd
import pingouin

NEARLY = [(1, 9), (2, 8), (3, 7), (4, 5), (9, 1), (8, 2)]
EXACTLY = [(1, 9), (2, 8), (3, 7), (4, 6), (9, 1), (8, 2)]


def reported(pairs):
    rows = [(k, member, x) for k, pair in enumerate(pairs) for member, x in zip("ab", pair)]
    long = pd.DataFrame(rows, columns=["pair", "member", "x"])
    return pingouin.intraclass_corr(long, targets="pair", raters="member", ratings="x").set_index("Type")


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nearly = reported(NEARLY)
told = [str(each.message) for each in caught if "range" in str(each.message) or "negative" in str(each.message)]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    exactly = reported(EXACTLY)
print(nearly[["ICC", "CI95"]], "\n", exactly[["ICC", "CI95"]])
icc, low_high = nearly["ICC"], np.array(nearly.loc["ICC(A,k)", "CI95"])
same = [
    not told,
    abs(icc["ICC(1,1)"] + 0.99) < 0.005,
    abs(icc["ICC(A,1)"] + 1.42) < 0.005,
    abs(icc["ICC(A,k)"] - 6.80) < 0.005,
    np.allclose(low_high, [6.65, 8.83], atol=0.005),
    abs(exactly.loc["ICC(A,k)", "ICC"] - 6.98) < 0.005,
    exactly.loc["ICC(1,k)", "ICC"] == -np.inf,
]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON

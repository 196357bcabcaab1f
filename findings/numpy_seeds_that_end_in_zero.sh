#!/usr/bin/env bash
# What streams come of lists of seeds of which one is the other with a 0 at its end.
#
# A study drawn many times often seeds each draw with a list: [world, size] for people, [world, size, 0] for the first
# measure, [world, size, 1] for the second.
# numpy 2.4.6  default_rng([9, 6]) and default_rng([9, 6, 0]) give the same numbers, as do 9 and [9, 0]; [9, 6, 1] gives
#              others. A measure that was to have nothing to do with the outcome then *is* the outcome's noise: in
#              1,000 made-up studies of 12 people with no effect a slope is "found" in all, where 5 % were to be.
#              Children of SeedSequence.spawn differ, the first included.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np


def first(seed):
    return np.random.default_rng(seed).standard_normal(12)


same = np.array_equal(first([9, 6]), first([9, 6, 0])) and np.array_equal(first(9), first([9, 0]))
other = not np.array_equal(first([9, 6]), first([9, 6, 1]))
found = sum(abs(np.corrcoef(first([k, 6]), first([k, 6, 0]))[0, 1]) > 0.576 for k in range(1_000))  # 5 % of 12 people
apart = sum(abs(np.corrcoef(first([k, 6]), first([k, 6, 1]))[0, 1]) > 0.576 for k in range(1_000))
parent = np.random.SeedSequence([9, 6])
child = parent.spawn(1)[0]
spawned = not np.array_equal(first(parent), first(child))
print(f"numpy {np.__version__}: [9, 6] as [9, 6, 0] {same}, as [9, 6, 1] {not other}, first child differs {spawned}")
print(f"slopes found without an effect: {found} of 1,000 with a 0 at the end, {apart} with a 1")
sys.exit(0 if same and other and spawned and found == 1_000 and apart < 100 else 1)
PYTHON

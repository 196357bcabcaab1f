#!/usr/bin/env bash
# What pandas makes of a new column where a filter has left no row.
#
# pandas 3.1.1   Of pairs, those with a reason to be left out are kept by a filter, and a Series of reasons, one for each
#                of all pairs, is assigned as a column. Where one pair is left it has its reason, as pandas matches rows
#                by label, and the others' reasons go. Where no pair is left all reasons come back as rows: two pairs
#                without names, each with a reason. With .loc and with assign it is the same.
# Who counts the rows reports pairs as left out exactly when none was.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1
cat > "$folder/look.py" <<'PYTHON'
import pandas as pd

pairs = pd.DataFrame({"a": ["ann", "bo"], "b": ["cy", "di"]})
why = pd.Series(["ann did not answer", "bo did not answer"])


def left_out(some):
    kept = pairs[some].copy()
    kept.loc[:, "reason"] = why
    same = pairs[some].assign(reason=why)
    assert len(same) == len(kept)
    return f"{len(kept)} left out, {kept['a'].notna().sum()} with a name"


print("one filtered:", left_out([True, False]))
print("none filtered:", left_out([False, False]))
PYTHON
told=$("$folder/venv/bin/python" "$folder/look.py")
echo "$told"
[ "$told" = "one filtered: 1 left out, 1 with a name
none filtered: 2 left out, 0 with a name" ] && echo "as described"

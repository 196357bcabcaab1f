#!/usr/bin/env bash
# What pandas makes of the same survey table where pyarrow is installed beside it, and where it is not.
#
# pandas 3.1.1 alone             looks up the lowest rating of each layer in a dictionary, and of a table in which nobody
#                                named anybody yet the comparison "rating < lowest" is an empty answer, as it should be;
#                                a cell of a class of one's own (marked-up text) stays one, made plain text by no one.
# pandas 3.1.1, pyarrow 24.0.0   the same lookup of nothing is a column of text, and the comparison is refused; the
#                                cell has become plain text, so that its mark-up is shown to the reader as letters.
# Neither the code nor the data differ: a programme that works on one machine fails on another that has Arrow.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }
pip pandas==3.1.1
cat > "$folder/look.py" <<'PYTHON'
import numpy as np
import pandas as pd


class Markup(str):
    """Text that is to be written as it stands."""


ties = pd.DataFrame({"layer": ["trust"], "rating": [4.0]}).astype({"layer": "str"})
nobody = ties[ties["rating"] > 5]  # no tie is left
lowest = nobody["layer"].map({"trust": 2.0})
try:
    compared = f"{len(nobody['rating'] < lowest)} rows compared"
except TypeError:
    compared = "comparison refused"
cells = pd.DataFrame({"who": np.array([Markup("<b>Ann</b>")], dtype=object)})["who"]
print(compared, "and", type(cells[0]).__name__)
PYTHON
alone=$("$folder/venv/bin/python" "$folder/look.py")
pip pyarrow==24.0.0
with_arrow=$("$folder/venv/bin/python" "$folder/look.py")
echo "pandas alone:   $alone"
echo "beside pyarrow: $with_arrow"
[ "$alone" = "0 rows compared and Markup" ] && [ "$with_arrow" = "comparison refused and str" ] && echo "as described"

#!/usr/bin/env bash
# What a notebook run by nbclient keeps of widgets that are closed before it is saved.
#
# A bar of progress that says whose turn it is, told to leave nothing behind, and a list of names to choose from that is
# closed as soon as it is made: once the notebook has run, no output of a cell names anybody. Yet with
# nbclient 0.11.0, ipywidgets 8.1.9, tqdm 4.70.1
# the saved file holds the last state of both under metadata.widgets, and in it the names. Whoever passes the notebook on
# passes them on. The state of widgets is stored unless store_widget_state=False, and closing one takes nothing out of it.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  nbclient==0.11.0 ipywidgets==8.1.9 tqdm==4.70.1 ipykernel nbformat
cd "$folder"
PATH="$folder/venv/bin:$PATH" JUPYTER_PATH="$folder/venv/share/jupyter" "$folder/venv/bin/python" - <<'PYTHON'
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELLS = (
    "from pathlib import Path\nfrom ipywidgets import Dropdown\nfrom tqdm.auto import tqdm\n"
    "names = Path('names.txt').read_text().split()",
    "bar = tqdm(names, leave=False)\nfor name in bar:\n    bar.set_description(name)",
    "Dropdown(options=names).close()",
)
names = ["Wilhelmina", "Bartholomew"]
Path("names.txt").write_text("\n".join(names))
kept = {}
for stored in (True, False):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, kernel_name="python3", **({} if stored else {"store_widget_state": False})).execute()
    seen = [str(output) for cell in notebook.cells for output in cell.outputs]
    shown = [name for name in names if any(name in output for output in seen)]
    kept[stored] = shown, [name for name in names if name in nbformat.writes(notebook)]
    told = "as usual" if stored else "store_widget_state=False"
    print(f"{told:<25} names in outputs: {shown}, in the saved file: {kept[stored][1]}")
states = kept == {True: ([], names), False: ([], [])}
print("as described" if states else f"changed: {kept}")
sys.exit(not states)
PYTHON

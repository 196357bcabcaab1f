"""Run the notebooks from their percent sources and write the rendered copies: ``python tests/notebooks/render.py``.

The same source gives the same file: cell identifiers follow position and no times are recorded.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TIMEOUT = 120


def sources() -> list[Path]:
    """The percent sources, in reading order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))


def unrun(source: Path) -> nbformat.NotebookNode:
    """The notebook of a percent source, not yet run."""
    notebook = jupytext.read(source)
    for position, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{position:02d}"
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def run(source: Path) -> nbformat.NotebookNode:
    """The notebook of a percent source, run in its own folder."""
    notebook = unrun(source)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,  # finished progress bars show nothing, and their names are random
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}
    return _without_live_views(notebook)


def _without_live_views(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A live view is seen only by who runs the cell; without one, its still picture needs no name of its own."""
    for data in (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())):
        data.pop("application/vnd.jupyter.widget-view+json", None)
        if "text/html" in data:
            data["text/html"] = re.sub(r' data-peernet-static="\w+"', "", data["text/html"])
    return notebook


def first_picture(notebook: nbformat.NotebookNode) -> bytes:
    """The first picture a run notebook shows; the README borrows the one of the first notebook."""
    shown = (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ()))
    return base64.b64decode(next(data["image/png"] for data in shown if "image/png" in data))


def main(names: list[str]) -> None:
    """Render the named notebooks, or all of them."""
    for source in sources():
        if not names or source.stem in names:
            notebook = run(source)
            nbformat.write(notebook, source.with_suffix(".ipynb"))
            if source.stem.startswith("00"):
                source.with_suffix(".png").write_bytes(first_picture(notebook))
            print(f"rendered {source.stem}")


if __name__ == "__main__":
    main(sys.argv[1:])

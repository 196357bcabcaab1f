"""Every notebook runs, holds its claim, is short, and is committed as it would be rendered."""

import ast
import warnings

import nbformat
import pytest

pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

from tests.notebooks.render import run, sources, unrun

MOST_CODE_CELLS = 12
LONGEST_FUNCTION = 5


@pytest.fixture(params=sources(), ids=lambda source: source.stem)
def source(request):
    return request.param


@pytest.mark.filterwarnings("ignore")  # the kernel's own start-up is not ours
def test_runs_and_its_last_cell_asserts_the_answer(source):
    with warnings.catch_warnings():
        notebook = run(source)
    assert "assert" in code_cells(notebook)[-1].source


def test_rendered_copy_has_the_cells_of_its_source(source):
    rendered = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    expected = unrun(source)
    assert [(c.cell_type, c.source, c.id) for c in rendered.cells] == [
        (c.cell_type, c.source, c.id) for c in expected.cells
    ]
    assert all(cell.execution_count for cell in code_cells(rendered)), "every code cell was run"


def test_asks_one_question_and_stays_short(source):
    notebook = unrun(source)
    assert notebook.cells[0].source.splitlines()[0].rstrip().endswith("?")
    assert len(code_cells(notebook)) <= MOST_CODE_CELLS


def test_has_parameters_and_leaves_logic_to_the_library(source):
    cells = code_cells(unrun(source))
    assert any("parameters" in cell.metadata.get("tags", []) for cell in cells)
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]

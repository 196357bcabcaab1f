"""Krackhardt's managers: coefficients, t and p values of QAP regressions equal R's; and what R makes of a repetition.

The managers were run with ``sna::netlm(..., nullhyp="qapspp", reps=10000)`` of sna 2.7-1; the rest runs R here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import qap_regression
from peernet.errors import PeernetWarning

MANAGERS = Path(__file__).parents[3] / "shared" / "refs" / "mrqap_krackhardt"
DRAWS = 10_000
there = pytest.mark.skipif(not MANAGERS.is_dir(), reason="reference results are not here")
NETLM = """
suppressMessages(library(sna)); set.seed(1)
read <- function(name) as.matrix(read.csv(name, header = FALSE))
x <- lapply(commandArgs(TRUE)[-1], read)
x <- aperm(simplify2array(x), c(3, 1, 2))
mode <- commandArgs(TRUE)[1]
fit <- netlm(read("y"), x, nullhyp = "qapspp", reps = 400, mode = mode)
for (part in c("coefficients", "tstat", "pgreqabs", "pleeq")) cat(format(fit[[part]], digits = 15), "\\n")
"""


@pytest.fixture(scope="module")
def expected():
    return json.loads((MANAGERS / "expected.json").read_text())


@pytest.fixture(scope="module")
def relations():
    edges, people = pd.read_csv(MANAGERS / "edges.csv"), pd.read_csv(MANAGERS / "attributes.csv", index_col="id")
    tables = {c: edges.pivot(index="ego", columns="alter", values=c) for c in ("advice", "friendship", "reports_to")}
    for name, column in {"abs_age": "AGE", "abs_tenure": "TENURE"}.items():
        values = people[column].to_numpy()
        tables[name] = pd.DataFrame(np.abs(values[:, None] - values), people.index, people.index)
    dept = people["DEPT"].to_numpy()
    return {**tables, "same_dept": pd.DataFrame(dept[:, None] == dept, people.index, people.index)}


def assert_near(found, known, known_draws=DRAWS):
    """Two p values from draws differ by chance only; of few or no extreme draws both count at least one."""
    p = np.clip((found + known) / 2, 1 / known_draws, 1 - 1 / known_draws)
    assert abs(found - known) < 4 * np.sqrt(p * (1 - p) * (1 / DRAWS + 1 / known_draws))


@there
def test_advice_among_managers_equals_netlm(relations, expected):
    names = expected["predictors"]
    found = qap_regression(
        relations["advice"], {name: relations[name] for name in names}, statistic="classical", permutations=DRAWS
    )
    assert found.card["dyads"] == expected["n_dyads"]
    assert found.table["estimate"].to_dict() == pytest.approx(expected["coef"], rel=1e-10)
    assert found.table["statistic"].to_dict() == pytest.approx(expected["tstat_classical"], rel=1e-10)
    columns = {"p_value": "p_two_sided", "p_lower": "p_leq", "p_upper": "p_geq"}
    for name in names:
        for column, known in columns.items():
            assert_near(found.table.loc[name, column], expected["dsp"][known][name])


@there
def test_friendship_read_either_way_equals_netlm_with_each_dyad_once(relations, expected):
    known = expected["undirected_friendship_max"]
    friends = np.maximum(relations["friendship"], relations["friendship"].T)
    names = ["same_dept", "abs_age", "abs_tenure"]
    found = qap_regression(
        friends, {name: relations[name] for name in names}, statistic="classical", permutations=DRAWS
    )
    assert found.card["each dyad"] == "once"
    assert found.table["estimate"].to_dict() == pytest.approx(known["coef"], rel=1e-10)
    assert found.table["statistic"].to_dict() == pytest.approx(known["tstat"], rel=1e-10)
    for name in names:
        assert_near(found.table.loc[name, "p_value"], known["p_two_sided"][name])


@there
def test_one_predictor_gives_the_p_value_of_the_correlation(relations, expected):
    found = qap_regression(
        relations["advice"], {"friendship": relations["friendship"]}, statistic="classical", permutations=DRAWS
    )
    assert_near(found.table.loc["friendship", "p_upper"], expected["qap_correlation"]["p_geq"], 10_000)


def in_r(folder, outcome, predictors, mode="digraph"):
    """Coefficients, t and two p values of ``sna::netlm``, the intercept first; skipped where R or sna is absent."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here")
    for name, matrix in {"y": outcome, **predictors}.items():
        np.savetxt(folder / name, matrix, delimiter=",", fmt="%.17g")
    (folder / "netlm.R").write_text(NETLM)
    ran = subprocess.run(["Rscript", "netlm.R", mode, *predictors], cwd=folder, capture_output=True, text=True)
    if "no package called" in ran.stderr:
        pytest.skip("R has no package sna here")
    lines = [line for line in ran.stdout.splitlines() if line.strip()][-4:]
    return np.array([[float(cell.replace("NA", "nan")) for cell in line.split()] for line in lines])


def made(rng, people=12):
    """A distance that matters a little, a relation that does not, and an outcome."""
    v = rng.normal(size=people)
    distance, chance = np.abs(v[:, None] - v), rng.normal(size=(people, people))
    return 0.3 * distance + rng.normal(size=(people, people)), {"distance": distance, "chance": chance}


@pytest.mark.parametrize("mode", ["digraph", "graph"])
def test_made_up_relations_equal_r_run_here(rng, tmp_path, mode):
    y, x = made(rng)
    if mode == "graph":
        y, x = y + y.T, {name: matrix + matrix.T for name, matrix in x.items()}
    estimate, t, two_sided, lower = in_r(tmp_path, y, x, mode)
    found = qap_regression(y, x, statistic="classical", permutations=DRAWS).table
    np.testing.assert_allclose(found["estimate"], estimate, rtol=1e-10)
    np.testing.assert_allclose(found["statistic"], t, rtol=1e-10)
    for k, name in enumerate(x, start=1):
        assert_near(found.loc[name, "p_value"], two_sided[k], 400)
        assert_near(found.loc[name, "p_lower"], lower[k], 400)


def test_a_relation_entered_twice_misleads_r_and_is_dropped_here(tmp_path):
    """In R the relation that matters goes to p = 1 and the one of chance to p = 0; here nothing changes."""
    y, x = made(np.random.default_rng(1), people=14)
    alone = qap_regression(y, x, permutations=DRAWS).table
    assert alone.loc["distance", "p_value"] < 0.05
    assert alone.loc["chance", "p_value"] > 0.05
    twice = {**x, "again": x["distance"]}
    with pytest.warns(PeernetWarning, match="'again' is left out"):
        found = qap_regression(y, twice, permutations=DRAWS).table
    pd.testing.assert_frame_equal(found.drop(index="again"), alone)
    p = in_r(tmp_path, y, twice)[2]
    assert p[1] > 0.99
    assert p[2] < 0.01

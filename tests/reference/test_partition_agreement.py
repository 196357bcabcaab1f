"""The agreement of two groupings equals the reference values from R (mclust, fpc, igraph)."""

import json
from pathlib import Path

import pandas as pd
import pytest

from peernet.clusters.two_views import relate_views
from tests.made.planted import survey_of_views

PARTITIONS = Path(__file__).parents[3] / "shared" / "refs" / "partition_agreement"
pytestmark = pytest.mark.skipif(not PARTITIONS.is_dir(), reason="reference results are not here")


@pytest.mark.parametrize("pair", ["species_pam3", "species_pam4", "pam3_pam4"])
def test_contingency_and_agreement_equal_the_reference(pair):
    expected = json.loads((PARTITIONS / "expected.json").read_text())
    partitions = pd.read_csv(PARTITIONS / "partitions.csv", index_col="id")
    views = dict(zip(("experience", "perspective"), pair.split("_"), strict=True))
    groups = pd.DataFrame({view: partitions[name] for view, name in views.items()}).astype("Int64")
    answers = {view: partitions[[name]].astype(float) for view, name in views.items()}
    relation = relate_views(survey_of_views(**answers), groups, draws=9)
    assert relation.contingency.to_numpy().tolist() == expected[pair]["contingency"]
    values = relation.table["value"]
    assert values["adjusted_rand"] == pytest.approx(expected[pair]["ARI"], abs=1e-10)
    assert values["adjusted_mutual_information"] == pytest.approx(expected["AMI_sklearn_arithmetic"][pair], abs=1e-10)

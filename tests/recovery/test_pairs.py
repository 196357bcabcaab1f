"""In organisations with planted strata and types, the pairs are alike in experience and different in outlook."""

import numpy as np
import pytest

import peernet as pn

DRAWS = 20
DEALS = 10


@pytest.fixture(params=[0, 1, 2], ids="seed {}".format, scope="module")
def made(request):
    return pn.make_survey(rng=request.param)


@pytest.fixture(scope="module")
def scores(made):
    survey = made.read()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def share_different(made, pairs, trait):
    a, b = (made.truth.loc[[pair[side] for pair in pairs], trait].to_numpy() for side in (0, 1))
    return np.mean(a != b)


def share_by_chance(made, scores, trait, *, within_gates):
    """Share of random pairs that differ, of those within the gates only pairs that are not in contact already."""
    drawn = (pn.compare.random_pairs(scores, within_gates=within_gates, rng=seed) for seed in range(DRAWS))
    if within_gates:
        drawn = (scores.to_frame(pairs).query("value > 0")[["a", "b"]].to_numpy().tolist() for pairs in drawn)
    return np.mean([share_different(made, pairs, trait) for pairs in drawn])


def test_partners_differ_in_planted_type_more_than_chance_within_the_gates(made, scores):
    found = share_different(made, pn.pair_people(scores).pairs, "perspective_type")
    assert found > share_by_chance(made, scores, "perspective_type", within_gates=True) + 0.08


def test_the_experience_gate_keeps_partners_in_one_planted_stratum(made, scores):
    found = share_different(made, pn.pair_people(scores).pairs, "stratum")
    assert found < share_by_chance(made, scores, "stratum", within_gates=False) - 0.15


def test_without_structure_in_outlook_partners_differ_in_type_as_chance_has_it():
    """Outlook answers dealt out anew among people say nothing about their types, and the pairs show it."""
    made = pn.make_survey(rng=0)
    survey = made.read()
    excess = []
    for deal in range(DEALS):
        other = dealt_anew(survey, "perspective", deal)
        scores = pn.score_pairs(other, pn.colleague_graph(other))
        found = share_different(made, pn.pair_people(scores).pairs, "perspective_type")
        excess.append(found - share_by_chance(made, scores, "perspective_type", within_gates=True))
    assert abs(np.mean(excess)) < 0.04, "two standard errors of a mean of ten shares of a hundred pairs"


def dealt_anew(survey, block, seed):
    items = list(survey.answers(block))
    answered = survey.people["answered"]
    people = survey.people.copy()
    people.loc[answered, items] = people.loc[answered, items].sample(frac=1, random_state=seed).to_numpy()
    people[items] = people[items].astype(survey.people[items].dtypes)
    return pn.Survey(people, survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)

"""A time limit holds for every search that a pairing asks for, and what it cuts short is never called proven."""

import pytest

import peernet as pn
from peernet.errors import InfeasibleError
from peernet.matching.limits import OutOfTimeError
from peernet.pairing import objectives, why_not

LIMIT = pn.Rules([pn.Rule("at most across", column="team", number=60)])


@pytest.fixture(scope="module")
def scores():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def hurried(scores, **asked):
    return pn.pair_people(scores, time_limit=0, progress=False, **asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"rules": LIMIT},
        {"objective": "fair"},
        {"objective": "fair", "rules": LIMIT},
    ],
)
def test_neither_the_pairing_nor_what_another_pair_costs_is_called_proven(scores, asked):
    pairing = hurried(scores, **asked)
    assert not pairing.proven
    assert "proven optimal" not in repr(pairing)
    table = pairing.why_not("p001", "p204").table
    assert table["proven"].tolist() == [False]
    assert not pairing.alternates("p001", progress=False)["proven"].any()


def test_a_pair_of_a_pairing_cut_short_is_not_said_to_be_in_the_best(scores):
    pairing = hurried(scores, rules=LIMIT)
    assert str(pairing.why_not(*pairing.pairs[0])).endswith("are paired in the best pairing found.")


@pytest.mark.parametrize("objective", ["total", "fair"])
def test_every_search_is_given_the_time_limit(scores, objective, monkeypatch):
    given = []
    for where, name in ((objectives, "max_weight_matching"), (why_not, "max_weight_matching")):
        search = getattr(where, name)

        def watched(*args, search=search, **asked):
            given.append(asked["time_limit"])
            return search(*args, **asked)

        monkeypatch.setattr(where, name, watched)
    pairing = pn.pair_people(scores, objective=objective, cardinality="max", time_limit=0, progress=False)
    pairing.why_not("p001", "p204")
    assert given
    assert set(given) == {0}


def test_without_a_limit_and_with_one_that_is_not_reached_both_are_proven(scores):
    for seconds in (None, 600):
        pairing = pn.pair_people(scores, time_limit=seconds)
        assert pairing.why_not("p001", "p204").table["proven"].tolist() == [True]


def test_where_a_pair_cannot_be_made_there_is_nothing_to_prove(scores):
    asked = pn.pair_people(scores).why_not("p001", "p188")
    assert asked.table["cost"].isna().tolist() == [True]
    assert asked.table["proven"].tolist() == [False]


def test_a_pair_for_which_no_pairing_was_found_in_time_is_not_said_to_be_kept_out_by_limits(scores, monkeypatch):
    def too_slow(*_, **__):
        raise OutOfTimeError("No pairing that keeps every limit was found in time.")

    pairing = pn.pair_people(scores, rules=LIMIT, progress=False)
    monkeypatch.setattr(why_not, "best_pairs", too_slow)
    with pytest.raises(InfeasibleError, match="found in time"):
        pairing.why_not("p001", "p204")

"""The truth planted in a made-up survey can be found again in its raw answers, and no more than was planted."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from peernet.datasets.synthetic import make_survey
from peernet.graph.colleagues import colleague_graph
from peernet.scores.scoring import score_pairs

SEEDS = range(8)


@pytest.fixture(scope="module")
def clean():
    return make_survey(mess=False)


@pytest.fixture(scope="module")
def messy():
    return make_survey()


@pytest.fixture(scope="module")
def trust(clean):
    """Trust among respondents as a square table of 0 and 1."""
    people = clean.survey["person"].sort_values()
    named = clean.nominations[clean.nominations["layer"] == "trust"]
    return pd.crosstab(named["person"], named["alter"]).reindex(index=people, columns=people, fill_value=0)


@pytest.fixture(scope="module")
def large():
    return make_survey(people=1500, answered=1500, teams=125, effect=0.0, mess=False)


@cache
def study(effect, seed):
    return make_survey(effect=effect, mess=False, rng=seed)


def clusters(made, block, k):
    """k-means on the block's answers: numbers and ranks scaled to unit spread, choices as indicators."""
    answers = made.survey.set_index("person")
    columns = [column for item in made.codebook.block(block) for column in _numeric(item, answers[item.name])]
    return KMeans(k, n_init=10, random_state=0).fit_predict(np.column_stack(columns))


def _numeric(item, cells):
    if item.kind == "ordinal" and item.categories:
        cells = cells.map(item.categories.index)
    if item.kind in ("ordinal", "numeric"):
        return [stats.zscore(cells.astype(float))]
    options = item.categories or ("yes",)
    return [[float(option in cell.split(";")) for cell in cells] for option in options]


class TestViews:
    def test_experience_answers_give_the_strata_away(self, clean):
        truth = clean.truth.loc[clean.survey["person"], "stratum"]
        assert adjusted_mutual_info_score(truth, clusters(clean, "experience", 4)) > 0.5

    def test_perspective_answers_give_the_types_away(self, clean):
        truth = clean.truth.loc[clean.survey["person"], "perspective_type"]
        assert adjusted_mutual_info_score(truth, clusters(clean, "perspective", 5)) > 0.5

    def test_one_view_says_little_about_the_other(self, clean):
        truth = clean.truth.loc[clean.survey["person"], "perspective_type"]
        assert adjusted_mutual_info_score(truth, clusters(clean, "experience", 4)) < 0.25

    @pytest.mark.parametrize(("relatedness", "low", "high"), [(0.0, -0.02, 0.02), (0.35, 0.05, 0.20), (1.0, 1.0, 1.0)])
    def test_the_views_are_as_related_as_was_asked(self, relatedness, low, high):
        truths = [make_survey(relatedness=relatedness, mess=False, rng=seed).truth for seed in range(2)]
        agreement = [adjusted_rand_score(truth["stratum"], truth["perspective_type"]) for truth in truths]
        assert low <= np.mean(agreement) <= high


class TestTrust:
    @pytest.mark.parametrize(("trait", "times"), [("team", 10.0), ("perspective_type", 1.5), ("stratum", 1.5)])
    def test_like_trusts_like(self, clean, trust, trait, times):
        label = clean.truth.loc[trust.index, trait].to_numpy()
        same = label[:, None] == label[None, :]
        apart = ~np.eye(len(label), dtype=bool)
        if trait != "team":
            team = clean.truth.loc[trust.index, "team"].to_numpy()
            apart &= team[:, None] != team[None, :]
        rate = [trust.to_numpy()[apart & where].mean() for where in (same, ~same)]
        assert rate[0] > times * rate[1]

    def test_trust_is_partly_one_sided(self, trust):
        ties = trust.to_numpy()
        one_sided = 1 - (ties * ties.T).sum() / ties.sum()
        assert 0.25 < one_sided < 0.5

    def test_people_who_trust_readily_name_more_colleagues(self, clean, trust):
        propensity = clean.truth.loc[trust.index, "trust_propensity"]
        assert stats.spearmanr(propensity, trust.sum(axis=1)).statistic > 0.2

    def test_nobody_types_more_names_than_people_do(self, clean):
        typed = clean.nominations.groupby(["layer", "person"]).size()
        assert typed.max() == 14
        assert typed.drop("works_with", level="layer").max() == 12

    def test_the_network_has_the_size_of_a_real_one(self, clean, trust):
        names = clean.nominations.groupby("layer").size() / len(trust)
        mutual = (trust.to_numpy() * trust.to_numpy().T).sum(axis=1)
        assert 6 <= names["works_with"] <= 10
        assert 4 <= mutual.mean() <= 6

    def test_the_foundation_keeps_about_half_of_the_trusted(self, messy):
        mutual = [_mutual(messy, layer) for layer in ("trust", "respect", "candour")]
        people = messy.truth["answered"].sum()
        assert 2 <= 2 * len(set.intersection(*mutual)) / people <= 4

    def test_friends_of_friends_are_a_handful_to_introduce(self, messy):
        ties = pd.DataFrame([tuple(pair) for pair in _mutual(messy, "trust")])
        both = pd.concat([ties, ties.set_axis([1, 0], axis=1)], ignore_index=True)
        circle = both.groupby(0)[1].agg(set)
        reach = [len(set.union(*circle[list(known)]) - known - {person}) for person, known in circle.items()]
        assert 10 <= np.mean(reach) <= 25


def _mutual(made, layer):
    """Pairs who both named each other, in cells that were not left empty."""
    named = made.nominations[(made.nominations["layer"] == layer) & (made.nominations["alter"] != "")]
    given = {(a, b) for a, b in zip(named["person"], named["alter"], strict=True) if a != b}
    return {frozenset(pair) for pair in given if pair[::-1] in given}


def pilot_regression(made, outcome):
    """Slope and standard error of a pair's mean outcome on its true distance in outlook (pairs with both answers)."""
    wave = made.outcomes.set_index("person").replace("", np.nan)
    later = wave[f"{outcome}_2"].astype(float)
    before = made.survey.drop_duplicates("person", keep="last").set_index("person").get(f"{outcome}_1")
    change = later if before is None else later - before.replace("", np.nan).astype(float)
    pairs = made.truth[made.truth["pilot_partner"] != ""]
    key = [min(pair) for pair in zip(pairs.index, pairs["pilot_partner"], strict=True)]
    table = pd.DataFrame({"change": change.reindex(pairs.index), "distance": pairs["pilot_distance"]}).groupby(key)
    means = table.mean()[table["change"].count() == 2]
    fit = stats.linregress(means["distance"], means["change"])
    return fit.slope, fit.stderr, len(means) - 2


class TestPilotEffect:
    @pytest.mark.parametrize("effect", [0.0, 8.0])
    def test_intervals_cover_the_planted_effect(self, effect):
        fits = [pilot_regression(study(effect, seed), "learning") for seed in SEEDS]
        slope, error, df = map(np.array, zip(*fits, strict=True))
        covered = np.abs(slope - effect) < stats.t.ppf(0.975, df) * error
        assert covered.sum() >= 6  # a binomial count of 8 at .95 is lower six times in a thousand
        assert abs(slope.mean() - effect) < 3 * np.sqrt((error**2).mean() / len(slope))

    def test_the_default_survey_shows_the_effect_through_the_mess(self, messy):
        slope, error, _ = pilot_regression(messy, "learning")
        assert slope > 2 * error
        assert abs(slope - 8) < 3 * error

    def test_quality_of_the_relationship_falls_with_distance(self, messy):
        slope, error, _ = pilot_regression(messy, "relationship")
        assert slope < -2 * error

    def test_openness_does_not_depend_on_the_pairing(self):
        fits = [pilot_regression(study(8.0, seed), "openness") for seed in SEEDS]
        slope, error, _ = map(np.array, zip(*fits, strict=True))
        assert abs(slope.mean()) < 3 * np.sqrt((error**2).mean() / len(slope))

    def test_partners_resemble_each_other_beyond_the_effect(self, large):
        wave = large.outcomes.set_index("person")
        before = large.survey.set_index("person")["learning_1"].astype(float)
        change = wave["learning_2"].replace("", np.nan).astype(float) - before
        paired = wave.index[wave["pilot_partner"] != ""]
        both = pd.concat([change[paired], change[wave.loc[paired, "pilot_partner"]].set_axis(paired)], axis=1).dropna()
        assert both.corr().iloc[0, 1] == pytest.approx(16 / (16 + 49), abs=0.15)

    def test_pairs_were_drawn_by_lot(self, large):
        """Without selection partners are no more alike than any two people: the mean distance is one."""
        assert large.truth["pilot_distance"].mean() == pytest.approx(1.0, abs=0.06)


class TestTypedNames:
    def test_names_lead_back_to_who_was_meant(self, messy):
        """Whatever form a name was typed in, reading finds the colleague almost always and hardly ever another."""
        ties = set(messy.read().ties[["ego", "layer", "alter"]].itertuples(index=False, name=None))
        given = messy.nominations[["person", "layer", "alter"]]
        cells = messy.survey.drop_duplicates("person", keep="last").set_index("person")
        shown = given[[cells.loc[p, layer] != "" for p, layer in zip(given["person"], given["layer"], strict=True)]]
        meant = {row for row in shown.itertuples(index=False, name=None) if row[2] not in ("", row[0])}
        assert len(meant - ties) / len(meant) < 0.02
        assert len(ties - meant) / len(ties) < 0.002


class TestGates:
    def test_most_respondents_have_somebody_they_could_be_paired_with(self, messy):
        survey = messy.read()
        pairs = score_pairs(survey, colleague_graph(survey)).to_frame()
        possible = pairs[pairs["value"].notna()]
        respondents = survey.people.index[survey.people["answered"]]
        assert respondents.isin([*possible["a"], *possible["b"]]).mean() > 0.85

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Did it work: did Harbour's pilot pairs learn more where the two think more differently?
#
# **At Harbour yes: partners a usual distance further apart in outlook came to learn 8.1 points more on a scale of 100
# (95 % interval 1.4 to 15.0, p = .018), and as a lot had decided who was paired with whom, that was the pairing's
# doing. Had nobody drawn a lot, the same answers would describe the pairs and show no cause.**
#
# Harbour is a fictional company. In its pilot round two in three of those who answered were paired, and everybody was
# asked again afterwards how much they had learned from colleagues. As the company is made up, what is true is known and
# can be held against what was found. Put your own folder below, and what the cells show is yours; what is said of
# Harbour by name stays Harbour's. A folder that does not say who was paired with whom has nothing to judge yet, and
# Harbour is shown in its place.

# %%
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
PARTNERS = "pilot_partner"  # the question that says who was paired with whom
OUTCOME, BEFORE = "learning_2", "learning_1"  # what was asked afterwards, and the same before
DRAWS = 2000  # pairings drawn again
SEED = 0

# %%
survey = pn.read_survey(FOLDER)
if PARTNERS not in [item.name for item in survey.codebook.block("partner")]:
    print(f"{FOLDER} has no question {PARTNERS!r} that says who was paired with whom; what follows is of Harbour.")
    FOLDER, survey = "../data/harbour", pn.load_example()
scores = pn.score_pairs(survey, pn.colleague_graph(survey))
pairs = pn.outcomes.pairs_of(survey, PARTNERS, scores=scores, design="drawn by lot")
pairs

# %% [markdown]
# ## First: who is missing?
# A result rests on those who answered again. At Harbour nothing suggests that the pairing decided who did.

# %%
pn.outcomes.attrition(pairs, survey)

# %% [markdown]
# ## Then the question, with the test that the lot itself provides
# If it made no difference who was paired with whom, everybody would have learned as much with any other partner. So the
# pairs are drawn again, thousands of times, as they were drawn then, and every distance is worked out anew. What was
# found then stands beside what chance alone would have given. What people had learned before is held constant.

# %%
lot = pn.outcomes.ByLot(pairs.people)
draws = {"draws": DRAWS, "rng": SEED}
found = pn.outcomes.randomization_test(pairs, lot, OUTCOME, "perspective", covariates=[BEFORE], **draws)
pn.plots.plot_null(found);

# %% [markdown]
# `perspective` runs from 0, alike in every answer, to 1, opposite in all, and nobody is that far from anybody. The
# usual distance of two people is a better measure: this many points go with it, and with the ends of the interval.

# %%
usual = scores.perspective.as_given.mean
by_usual = found.table.loc["perspective", ["estimate", "low", "high"]].astype(float) * usual
print(f"{usual:.2f} is usual.", found.sentence)
by_usual.round(1)

# %% [markdown]
# ## Was it so in truth?
# In the model behind Harbour learning rises by 8 points for each usual distance between the *true* outlooks of two
# partners. Answers show outlooks with chance in them, so the distance of the answers is not the true one. Below is the
# same model twice, once with each distance, both in units of what is usual, among the same pairs.

# %%
tables = {"answers": pairs.table["perspective"] / usual}
if FOLDER == "../data/harbour":  # made up, so the truth is known
    made = pn.make_survey(people=260, answered=240, teams=24, mess=True, effect=8.0, relatedness=0.35, rng=0)
    tables = {"true outlooks": pairs.table["a"].map(made.truth["pilot_distance"])} | tables
fits = {}
for name, distance in tables.items():
    dyads = pn.dyads.Dyads(pairs.table.assign(distance=distance), design=pairs.design)
    fits[name] = pn.dyads.fit_apim(dyads, OUTCOME, [BEFORE], between=["distance"])
pn.plots.plot_effects(fits, ["distance"]).axvline(8, linestyle=":", color="black");

# %%
both = pd.DataFrame(tables).dropna()
if "true outlooks" in both:
    slope = both.cov().iloc[0, 1] / both["answers"].var()
    hidden = {"correlation": both.corr().iloc[0, 1], "true distance per usual": slope}
    print({name: round(float(value), 2) for name, value in hidden.items()})
columns = ["estimate", "low", "high"]
pd.DataFrame({name: fit.table.loc["distance", columns] for name, fit in fits.items()}).T.round(1)

# %% [markdown]
# At Harbour both intervals hold the 8 points (dotted). Even with the true distance 10.4 would have been found: that
# much is the luck of these people. The answers go with the true distance at a correlation of .83, and that is paid for
# in width: an interval of 11.1 points instead of 8.7.
#
# Chance in a measure also draws an effect towards zero. At Harbour next to nothing of that is left, and by luck of the
# units: chance adds something to every distance, so what is usual among answers is larger than it should be, and one
# unit of it stands for 1.09 usual distances of the true outlooks. Do not count on it. Where answers tell less, an
# effect per unit is smaller than the true one, and a test misses more.
#
# ## The other outcomes, each by itself
# At Harbour `openness` depends on no pairing, by design; `relationship` falls by 9 points per usual distance. A study
# that asks everything at once says so for each, with what goes in and what is taken for granted; `peernet outcomes
# FOLDER` writes it as a page.

# %%
study = pn.outcomes.study_outcomes(survey, PARTNERS, drawn_by_lot=True, **draws)
print(*(one.says for one in (*study.of("difference"), *study.of("relationship"))), sep="\n\n")

# %% [markdown]
# At Harbour nothing is found for openness, and an interval up to 10.7 points does not say that nothing is there. Pairs
# who think alike get on better: what helps learning strains the relationship, so do not judge a programme by how people
# liked it.
#
# ## And where nothing was drawn by lot?
# Then there is no lot to draw from again, and the test is refused. What is left is a model of the pairs that came
# about, which gives much the same number at Harbour. It would say something else had people chosen: colleagues there
# who trust each other both ways think more alike than people drawn by lot, so distance would have come along with
# trust.

# %%
chosen = pn.outcomes.pairs_of(survey, PARTNERS, scores=scores)
try:
    pn.outcomes.randomization_test(chosen, lot, OUTCOME, "perspective")
except pn.PeernetError as error:
    refused = str(error)
observed = pn.outcomes.study_outcomes(survey, PARTNERS)
every = scores.to_frame()
apart = pd.Series({"mutual trust": every.loc[every["foundation"] == "mutual", "perspective"].mean(), "all": usual})
print(refused, observed.of("difference")[0].says, apart.round(3).to_dict(), sep="\n\n")

# %% [markdown]
# ## What this cannot tell you
# Whether it was the difference in outlook or something that comes along with it, such as working in another team. What
# pairs would do that were chosen and not drawn. Nor, with one small p value among several, that it was not luck: decide
# on one question beforehand. How many people that takes is the next notebook's question.
#
# **Next:** [plan a study](11_plan_a_study.ipynb). **Before:** [run the programme](09_run_the_programme.ipynb).

# %%
assert "drawn by lot" in refused, "without a lot there is no such test"
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    low, high = by_usual["low"], by_usual["high"]
    assert (round(by_usual["estimate"], 1), round(low, 1), round(high, 1)) == (8.1, 1.4, 15.0) and low < 8 < high
    assert round(found.table["p_value"].iloc[0], 3) == 0.018
    intervals = {name: fit.table.loc["distance"] for name, fit in fits.items()}
    assert all(row["low"] < 8 < row["high"] for row in intervals.values())
    assert round(intervals["true outlooks"]["estimate"], 1) == 10.4
    assert [round(row["high"] - row["low"], 1) for row in intervals.values()] == [8.7, 11.1]
    assert [round(value, 2) for value in hidden.values()] == [0.83, 1.09]
    openness = study.of("difference")[1].found.table.iloc[0]
    relationship = study.of("relationship")[0].found.table.iloc[0]
    assert openness["p_value"] > 0.05 and round(openness["high"] * usual, 1) == 10.7
    assert relationship["high"] < 0 and relationship["low"] * usual < -9 < relationship["high"] * usual
    assert "drawn by lot" in refused and "shows no cause" in observed.of("difference")[0].says
    assert apart["mutual trust"] < apart["all"]

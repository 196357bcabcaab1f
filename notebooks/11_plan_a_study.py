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
# # Plan a study: how many people does it take to learn whether difference helps?
#
# **More than Harbour has, in one round: of 100 such studies 34 would find that a usual distance more brings 8 points of
# learning, and it takes about 780 people like these to find it in 80. With three rounds Harbour's own 260 people nearly
# do (78 of 100). Forty people could not tell it, however large it is.**
#
# A formula for so many pairs knows neither the gates a pair must pass nor how little the distances of the pairs differ
# that they let through. `plan_study` does the study many times over on paper, with the people it will be done with,
# their gates, a lot and the test that will be used. Put your own folder below, and what the cells show is yours; what
# is said of Harbour by name stays Harbour's.

# %%
import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
EFFECT = 8.0  # points of the outcome per usual distance: the least that would matter to you
OUTCOME_SD = 15.0  # standard deviation of the outcome over people, in points
BEFORE = 0.8  # its correlation with the same question asked before
ASKED = ["learning_1", "openness_1"]  # outcomes asked before, the one that matters most first
DRAWS, STUDIES = 80, 1000  # pairings drawn, studies made up
SEED = 0

# %%
survey = pn.read_survey(FOLDER)
scores = pn.score_pairs(survey, pn.colleague_graph(survey))
usual = scores.perspective.as_given.mean
wanted = {"effect": EFFECT / usual, "outcome_sd": OUTCOME_SD, "before": BEFORE}
paper = {"draws": DRAWS, "studies": STUDIES, "rng": SEED, "progress": False}
columns = ["people", "pairs", "power", "low", "high", "false_alarms", "people_needed"]

# %% [markdown]
# ## How many sites like this one?
# Distances run from 0 to 1; at Harbour the usual one is 0.34, so 8 points per usual distance are 23.3 per unit. `low`
# and `high` hold the power in 95 of 100 repeats of this plan; `false_alarms` should be 0.05, and that is checked, not
# taken for granted.

# %%
sites = pn.outcomes.plan_study(scores, **wanted, **paper, sites=[1, 2, 4])
print(sites.sentence)
sites.table[columns].round(2)

# %%
pn.plots.plot_power(sites);

# %% [markdown]
# ## Or more rounds, and what if people drop out?
# Everybody has a new partner in each round, so one's own level is told apart from the partner's. With every person who
# drops out, the answers of two are lost to this question.

# %%
rounds = pn.outcomes.plan_study(scores, **wanted, **paper, rounds=[1, 3], drop_out=[0, 0.15])
rounds.table[["rounds", "drop_out", *columns[1:]]].round(2)

# %% [markdown]
# ## Ask an easier question
# Whether people with a partner fare better than those who wait for one takes far fewer people: the difference is
# between people, not between pairs who all differ somewhat. It says nothing of whether difference helps.

# %%
paired = pn.outcomes.plan_study(scores, **{**wanted, "effect": EFFECT}, **paper, question="paired")
paired

# %% [markdown]
# ## What forty people cannot tell
# A made-up firm of forty people has nineteen pairs, and at Harbour's distances the test finds hardly more than it would
# by chance. A null result of such a study says nothing at all; a find is mostly luck, and then far too large.

# %%
forty = pn.make_survey(people=40, answered=40, teams=5, rng=1).read()
few = pn.score_pairs(forty, pn.colleague_graph(forty))
small = pn.outcomes.plan_study(few, **wanted, **paper)
print(small.sentence)

# %% [markdown]
# ## Draw the pairs by lot, and keep what they were drawn from
# Any pairing within the gates, as many pairs as possible. Keep the seed: the analysis will draw from the very same
# lot. Partners should be no more alike beforehand than that lot implies; under a fair lot that fails once in twenty.

# %%
drawn = pn.draw_pairing(scores, within=1.0, cardinality="max", draws=DRAWS, rng=SEED, progress=False)
pairs = pn.outcomes.pairs_of(survey, drawn, scores=scores)
try:
    balance = pn.outcomes.partner_balance(pairs, drawn, ASKED, draws=200, rng=SEED)
except pn.PeernetError as missing:  # nothing was asked before
    balance = f"Passed over: {missing}"
balance

# %% [markdown]
# ## Write the analysis down before there is anything to analyse
# The test will be `randomization_test`, of the one outcome that matters most, with the answer before held constant
# (`covariates=ASKED[:1]`). Here it is rehearsed on that answer before, which no pairing can have changed: what it finds
# is chance.

# %%
try:
    rehearsed = pn.outcomes.randomization_test(pairs, drawn, ASKED[0], "perspective", draws=200, rng=SEED)
    pn.plots.plot_null(rehearsed)
except pn.PeernetError as missing:
    print(f"Passed over: {missing}")

# %% [markdown]
# ## What this cannot tell you
# How large the effect is. Plan for the least that would matter, not for what you hope for. The plan takes outcomes to
# be normal, effects to be alike for everybody, and nothing to carry over from round to round. All of it:

# %%
print(*(sites.assumptions["assumption"] + ": " + sites.assumptions["found"]), sep="\n")

# %% [markdown]
# **Before:** [did it work?](10_did_it_work.ipynb) **Then:** [run the programme](09_run_the_programme.ipynb).

# %%
assert sites.table["power"].between(sites.table["low"], sites.table["high"]).all()
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    one, _, four = sites.table.itertuples()
    assert (round(usual, 2), round(EFFECT / usual, 1)) == (0.34, 23.3)
    assert round(100 * one.power) == 34 and round(one.people_needed, -1) == 780 and four.power > 0.8
    three = rounds.table[(rounds.table["rounds"] == 3) & (rounds.table["drop_out"] == 0)].iloc[0]
    assert round(100 * three["power"]) == 78 and rounds.table["power"].iloc[1] < rounds.table["power"].iloc[0]
    assert small.table["pairs"].iloc[0] == 19 and small.table["power"].iloc[0] < 0.1
    assert small.table["smallest_detectable"].iloc[0] == float("inf")
    assert paired.table["people_needed"].iloc[0] < one.people_needed / 5
    assert balance.table["p_adjusted"].min() > 0.05 and rehearsed.table["p_value"].iloc[0] > 0.05

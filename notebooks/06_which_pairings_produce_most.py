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
# # Which pairings produce the most diversity of thought at Harbour?
#
# **Those between people who see things differently, however near their experience: judged by questions that did not say
# who differs, a possible pair far apart in outlook opens 20 to 30 % more than possible pairs on average. The best list
# brings twice what a list by lot under the same rules brings. But little is new to people in one company: nineteen
# twentieths of what partners could tell each other they hear from colleagues already.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. "Most" is a claim, and the same answers cannot
# both choose the pairs and praise them. So this notebook asks twice: what do the answers promise, and what is left of
# it on questions that had no part in the choice?

# %%
import matplotlib.pyplot as plt

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
SEED = 0

# %%
survey = pn.read_survey(FOLDER)
graph = pn.colleague_graph(survey)
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)

# %% [markdown]
# ## Which kinds of pairs bring most?
# All pairs that trust, experience and goals allow, by how near the two are in experience and in outlook. Half of the
# questions on outlook say which kind a pair is, the other half what it gains, both ways round. Were outlook mere noise,
# all cells would be alike.

# %%
kinds = pn.pairing_kinds(scores, rng=SEED, progress=False)
pn.plots.plot_kinds(kinds)
print(kinds.words)

# %% [markdown]
# Only one cell stands out by itself, but the whole column of pairs far apart is dark. Experience, within its gate,
# makes no difference that could be told. Groups instead of distances say the same: it is the other outlook that counts.

# %%
clusters = pn.cluster_people(survey, rng=SEED, progress=False)
by_group = pn.pairing_kinds(scores, clusters, rng=SEED, progress=False)
by_group.table[["people", "pairs", "gain", "low", "high", "p_adjusted", "rival"]].round(3)

# %% [markdown]
# ## Why is it so little?
# `alone` is what such a pair would gain if nobody heard anybody else yet, `fresh` the share of it that is still new
# when colleagues are counted. Most of what a partner could tell is known from somebody at the next desk.

# %%
kinds.table[["alone", "gain", "fresh"]].round(3)

# %% [markdown]
# ## Who opens most for whom?
# Gains are seldom mutual: in the third pair one opens a quarter of a perspective and hears almost nothing new. Peer
# mentoring asks both to teach and to learn, so this is worth a look before the list goes out.

# %%
ledger = pn.exposure_ledger(scores, pairing)
ledger.pairs.head(5).round(3)

# %% [markdown]
# For the whole organisation: those with least gain most, and what is in reach gets a little more even. `left` is what
# colleagues of colleagues know and nobody hears yet; the pairs use up a twentieth of it.

# %%
ledger.organisation.round(3)

# %% [markdown]
# ## What do people differ by?
# Every question weighs the same here. What people were trained in and which industries they know makes two fifths of
# the difference, and nine tenths of everything lies within teams, nearly as in teams made up by lot. Difference is
# everywhere; what is scarce is difference not yet heard.

# %%
by_team = pn.diversity.rao_by_item(survey, groups="team", weights="equal", rng=SEED)
_, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
pn.plots.plot_item_diversity(by_team, ax=ax)
print(by_team)

# %% [markdown]
# ## Which way of pairing brings most?
# By the answers it was chosen by, the best list within the rules beats lists by lot under the same rules and under no
# rules at all. `held_out` is the sterner question: how much more than strangers from the whole company, drawn by lot,
# do pairs bring on questions they were not chosen by? There the list is level with them, while lots within the rules
# fall a quarter short. Choosing well makes good what asking for trust costs; more than that cannot be told.

# %%
comparison = pn.compare_pairings(scores, rng=SEED, progress=False)
print(comparison.verdict)
comparison.table[["pairs", "gain", "founded", "coverage", "gini", "held_out", "held_low", "held_high"]].round(3)

# %% [markdown]
# ## Does it depend on how we look?
# Little on the scale at which outlooks are told apart, much on what counts as hearing somebody: with trust instead of
# work and advice as contact, half of the pairs that gain most are others.

# %%
looks = pn.compare.exposure_sensitivity(scores, pairing, graph, progress=False)
looks.pivot(index="contact", columns="factor", values="same_top").round(2)

# %% [markdown]
# ## What this cannot tell you
# Whether partners talk about what they see differently, and whether they learn from it. More new views are not better
# talks: relations tend to be warmer between people who are alike. A later wave of the survey can tell; this one cannot.

# %%
table, far = comparison.table, kinds.table[kinds.table["perspective"] == "far"]
assert kinds.best == "far in experience, far in perspective" and not far["rival"].loc[kinds.best]
assert (far["excess"] / kinds.settings["mean"]).between(0.2, 0.35).all(), "20 to 30 % more, far apart in outlook"
assert far["gain"].min() > kinds.table.drop(far.index)["gain"].max(), "in every band of experience"
leading = by_group.table.query("rival or p_adjusted <= 0.05")
assert (leading["perspective"] == "different groups").all() and len(leading) == 2, "groups say the same"
trained = by_team.table.loc[["industries", "background", "education"], "share"].sum()
assert 0.38 < trained < 0.45, "two fifths of the difference"
assert kinds.table["fresh"].between(0.04, 0.07).all(), "about nineteen twentieths are heard already"
assert ledger.pairs.loc[2, "b_opens"] > 0.2 and ledger.pairs.loc[2, "a_opens"] < 0.02, "seldom mutual"
assert 1.8 < table["gain"]["peernet"] / table["gain"]["random within gates"] < 2.2, "twice what lot within rules brings"
held, by_lot = table.loc["peernet"], table.loc["random within gates"]
assert held["held_low"] < 0 < held["held_high"] and by_lot["held_high"] < 0, "level with strangers by lot, unlike those"
same_top = looks.set_index("contact")["same_top"]
assert same_top["trust"].max() < 0.6 and same_top["as chosen"].min() > 0.85, "contact matters, scale hardly"

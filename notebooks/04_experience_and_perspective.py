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
# # Do experience and outlook form groups at Harbour, and do the two go together?
#
# **Outlook forms five clear groups, which a second method finds as well; experience shows a pattern at best. The two
# hardly go together: there are almost as many pairs alike in experience and different in outlook as if they had
# nothing to do with each other, and all but one person could have such a partner.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. Pairs are made from distances, so nothing here is
# needed to make them. Groups are for people: they help to talk about who thinks how, if there are any.

# %%
from dataclasses import replace

import numpy as np
import pandas as pd

import peernet as pn

pd.set_option("display.max_colwidth", None)

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
SEED = 0

# %% [markdown]
# ## Are there groups?
# Experience (grade, years, work, challenges) and perspective (background and outlook) are looked at apart, each against
# surveys that have the same answers to every item and the same ties between items, but no groups.

# %%
survey = pn.read_survey(FOLDER)
clusters = pn.cluster_people(survey, rng=SEED, progress=False)
clusters.views[["people", "clusters", "silhouette", "p_value", "seconded_by", "words"]].round(3)

# %% [markdown]
# ## How many, and who says so?
# Three criteria are asked. Two of them see groups of outlook, though the gap would be content with three. For
# experience only the silhouette sees any, and only just: hence "do not act on it".

# %%
shown = ["view", "clusters", "silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength", "favoured_by"]
evidence = clusters.evidence[clusters.evidence["clusters"] <= 6]
evidence[shown].round(2)

# %% [markdown]
# ## Would the groups come back?
# People are drawn again a hundred times, with replacement, and grouped anew. On the left everybody stands beside the
# others of their group, its core first: what is white was never put together. On the right, how much of each group
# comes back. There are groups on the whole, but who belongs at the fringe of three of them is doubtful.

# %%
pn.plots.plot_stability(clusters, "perspective");

# %% [markdown]
# ## The same survey without groups
# Deal the answers to every item out again at random. Every item has the same answers as before, but nobody's answers
# belong together any more, and the verdict must be "no groups".

# %%
rng = np.random.default_rng(SEED)
dealt = {name: answers.sample(frac=1, random_state=rng).array for name, answers in survey.people.items()}
shuffled = replace(survey, people=pd.DataFrame(dealt, index=survey.people.index))
nothing = pn.cluster_people(shuffled, rng=SEED, progress=False)
nothing.views[["people", "clusters", "p_value", "words"]]

# %% [markdown]
# ## What sets the groups of outlook apart?
# How far each group differs from everybody else, in standard deviations, with 95 % intervals. Numbers that fewer than
# five people stand behind are not shown, nor what they could be worked out from.

# %%
profile = pn.clusters.describe_clusters(survey, clusters.table, "perspective")
pn.plots.plot_cluster_profile(profile);

# %% [markdown]
# The person at the centre of each group, without a name: answers, the most telling first, that at least five members
# share with them, all together. Graded answers are told by thirds of the scale.

# %%
told = profile.exemplars["item"] + " " + profile.exemplars["answer"]
told.groupby(profile.exemplars["cluster"]).agg(", ".join).to_frame("the person at the centre")

# %% [markdown]
# ## A second opinion
# Latent classes know no distances: they ask which classes of people would make the answers to different items
# unrelated. They find five classes of outlook too, most of them the same people; for experience they find another
# number and other people.

# %%
quietly = {"starts": 5, "rng": SEED, "progress": False}
classes = {view: pn.clusters.latent_classes(survey, view, clusters.table, **quietly) for view in clusters.table}
pd.Series({view: found.words for view, found in classes.items()}, name="a second opinion").to_frame()

# %% [markdown]
# ## Do the two views go together?
# The same people twice, near those who answered alike, in the colours of their group of outlook. On the right the
# colours lie apart, on the left they are mixed: whoever works alike need not think alike. The lines follow the person
# at the centre of each group.

# %%
pn.plots.plot_views(clusters, survey, colour_by="perspective");

# %% [markdown]
# Every measure is held against the same views of people shuffled in one of them. The views are related, though
# weakly. The number that matters is the supply: pairs closer than most in experience and further apart than most in
# outlook.

# %%
relation = pn.clusters.relate_views(survey, clusters.table, rng=SEED)
print(relation.words)
relation.table.round(3)

# %% [markdown]
# ## What this cannot tell you
# Groups are a summary of these questions to these people; other questions would make others. The intervals describe
# groups that were formed to differ, and test nothing. And a supply of pairs says nothing about trust: most of them have
# no foundation to meet on yet.

# %%
words = clusters.views["words"]
supply, partners = relation.table.loc["supply"], relation.partners.dropna()
assert words["perspective"] == "five clear groups"
assert clusters.views.loc["experience", "verdict"] in ("pattern", "no groups"), "a pattern at best"
assert (nothing.views["verdict"] == "no groups").all(), "dealt out again, nothing is left"
assert classes["perspective"].membership.shape[1] == 5 and classes["perspective"].agreement > 0.5
assert 0.95 < supply["value"] / supply["expected"] < 1 and relation.table.loc["mantel", "value"] < 0.1
assert (partners == 0).sum() == 1, "all but one"

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
# **At Harbour both form clear groups, four by experience and five by outlook; a second method finds as many, of much
# the same people, and they are those this fictional company was made with, nearly nine in ten people where they belong.
# The two hardly go together: there are 3 % fewer pairs alike in experience and different in outlook than if they had
# nothing to do with each other, and all but one person could have such a partner.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. Pairs are made from distances, so nothing here is
# needed to make them. Groups are for people: they help to talk about who thinks how, if there are any. Put your own
# folder below, and what the cells show is yours; what is said of Harbour by name stays Harbour's.

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
# The number is the one whose silhouette most exceeds what it would be without groups, if all groups of it come back
# when people are drawn again, else the next smaller number of which all do. At Harbour the silhouette speaks for six in
# both views, and five and four come back. Two other criteria are asked as well: the gap sees as many as come back, the
# prediction strength two groups of experience and none of outlook. One of them must see groups, or they are not called
# clear. Numbers of groups are never as sure as that there are some.

# %%
shown = ["view", "clusters", "silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength", "favoured_by"]
evidence = clusters.evidence[clusters.evidence["clusters"] <= 6]
evidence[shown].round(2)

# %% [markdown]
# ## Would the groups come back?
# People are drawn again a hundred times, with replacement, and grouped anew. On the left everybody stands beside the
# others of their group, its core first: what is white was never put together. On the right, how much of each group
# comes back: at Harbour four groups are highly stable, the fifth is stable, and who belongs at its fringe is doubtful.

# %%
try:
    pn.plots.plot_stability(clusters, "perspective")
except pn.PeernetError as nothing_there:  # one group has nothing to come back to
    print(f"Passed over: {nothing_there}")

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
# five people stand behind are not shown, nor what they could be worked out from. The table is about the person at the
# centre of each group, without a name: answers, the most telling first, that at least five members share with them, all
# together. Graded answers are told by thirds of the scale.

# %%
profile = pn.clusters.describe_clusters(survey, clusters.table, "perspective")
try:
    pn.plots.plot_cluster_profile(profile)
except pn.PeernetError as nothing_there:
    print(f"Passed over: {nothing_there}")
told = profile.exemplars["item"] + " " + profile.exemplars["answer"]
told.groupby(profile.exemplars["cluster"]).agg(", ".join).to_frame("the person at the centre")

# %% [markdown]
# ## A second opinion
# Latent classes know no distances: they ask which classes of people would make the answers to different items
# unrelated. At Harbour they find four classes of experience and five of outlook too, most of them the same people.

# %%
quietly = {"starts": 5, "rng": SEED, "progress": False}
classes = {view: pn.clusters.latent_classes(survey, view, clusters.table, **quietly) for view in clusters.table}
pd.Series({view: found.words for view, found in classes.items()}, name="a second opinion").to_frame()

# %% [markdown]
# ## And in truth?
# Harbour was made with four strata of experience and five types of outlook. Each row is a group that was found, each
# column one that was planted. Nearly nine in ten people are of the kind that most of their group are. What goes wrong
# at Harbour in experience lies between neighbours: ten practitioners are placed with the newcomers, six experts with
# the leaders. In outlook, ten makers and nine explorers are placed with the connectors.

# %%
found = {}
if FOLDER == "../data/harbour":  # made up, so the truth is known
    truth = pn.make_survey(people=260, answered=240, teams=24, mess=True, effect=8.0, relatedness=0.35, rng=0).truth
    planted = {"experience": truth["stratum"], "perspective": truth["perspective_type"]}
    found = {view: pd.crosstab(clusters.table[view], kinds) for view, kinds in planted.items()}
    right = {view: table.max(axis=1).sum() / table.sum().sum() for view, table in found.items()}
pd.concat(found, axis=1).astype("Int64").astype("string").fillna("") if found else "Nobody knows the truth of a folder."

# %% [markdown]
# ## Do the two views go together?
# The same people twice, near those who answered alike, in the colours of their group of outlook. At Harbour the colours
# lie apart on the right and are mixed on the left: whoever works alike need not think alike. The lines follow the
# person at the centre of each group.

# %%
pn.plots.plot_views(clusters, survey, colour_by="perspective");

# %% [markdown]
# Every measure is held against the same views of people shuffled in one of them. At Harbour the views are related,
# though weakly. The number that matters is the supply: pairs closer than most in experience and further apart than most
# in outlook.

# %%
relation = pn.clusters.relate_views(survey, clusters.table, rng=SEED)
print(relation.words)
relation.table.round(3)

# %% [markdown]
# ## What this cannot tell you
# Groups are a summary of these questions to these people; other questions would make others. The intervals describe
# groups that were formed to differ, and test nothing. And a supply of pairs says nothing about trust: most of them have
# no foundation to meet on yet.
#
# **Next:** [which pairs to make](05_which_pairs.ipynb). **Before:** [who trusts whom](03_who_trusts_whom.ipynb).

# %%
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    words = clusters.views["words"]
    supply, partners = relation.table.loc["supply"], relation.partners.dropna()
    assert words.to_dict() == {"experience": "four clear groups", "perspective": "five clear groups"}
    favoured = clusters.evidence[clusters.evidence["favoured_by"] != ""].set_index(["view", "favoured_by"])["clusters"]
    assert favoured["experience"].to_dict() == {"gap": 4, "prediction": 2, "silhouette": 6}
    assert favoured["perspective"].to_dict() == {"prediction": 1, "gap": 5, "silhouette": 6}
    assert (nothing.views["verdict"] == "no groups").all(), "dealt out again, nothing is left"
    standing = clusters.stability[clusters.stability["view"] == "perspective"].set_index("cluster")["standing"]
    assert (standing == "highly stable").sum() == 4 and standing[5] == "stable"
    assert [classes[view].membership.shape[1] for view in words.index] == [4, 5], "as many,"
    assert min(found.agreement for found in classes.values()) > 0.75, "of much the same people"
    assert all(0.86 < share < 0.9 for share in right.values()), "nearly nine in ten where they belong"
    with_most = {view: table.idxmax(axis=1).to_dict() for view, table in found.items()}
    assert with_most["experience"] == {1: "practitioner", 2: "newcomer", 3: "expert", 4: "leader"}
    assert found["experience"].loc[2, "practitioner"] == 10 and found["experience"].loc[4, "expert"] == 6
    assert with_most["perspective"][1] == "connector"
    assert found["perspective"].loc[1, ["maker", "explorer"]].tolist() == [10, 9]
    assert [len(found[view]) == found[view].shape[1] for view in words.index] == [True, True], "as many as planted"
    assert round(1 - supply["value"] / supply["expected"], 2) == 0.03 and relation.table.loc["mantel", "value"] < 0.1
    assert (partners == 0).sum() == 1, "all but one"

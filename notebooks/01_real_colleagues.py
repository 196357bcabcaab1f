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
# # Could 61 real colleagues be paired across research groups?
#
# **Only some of them: fewer than half find a partner in the same role who brings them another group's view and whom a
# table companion of both can introduce. Most of the others could be paired, but only with somebody who would tell them
# nothing new.**
#
# The people are the members of a university department in Aarhus who told about five kinds of ties: working together,
# lunch, leisure, Facebook and joint papers (Rossi & Magnani 2015). Two facts are known about each: their role and their
# research group. That is little, and this notebook is as much about what it cannot say.

# %%
import matplotlib.pyplot as plt

import peernet as pn

# %% tags=["parameters"]
SEED = 0

# %% [markdown]
# ## What was asked
# Role is taken for experience, group for perspective; what is missing stays missing. Nobody was asked about trust, so
# the codebook lets a chosen table companion stand in for it.

# %%
survey = pn.load_aarhus()
survey.people[["role", "group"]].notna().sum().rename("known, of 61 people").to_frame()

# %%
graph = pn.colleague_graph(survey)
{layer: pn.graph.tie_layer(graph, layer).number_of_edges() for layer in graph.graph["layers"]}

# %% [markdown]
# With one item a view there is nothing to cluster, and `peernet` says so instead of drawing groups.

# %%
views = pn.cluster_people(survey, rng=SEED)
views.views[["people", "words"]]

# %% [markdown]
# ## Who can be paired with whom
# They need the same role and a foundation: lunch together, or a lunch companion in common. Most pairs fall at a gate.

# %%
scores = pn.score_pairs(survey, graph)
scores.to_frame()["blocked"].replace("", "possible").value_counts().to_frame("pairs")

# %%
pairing = pn.pair_people(scores)
print(pairing)
pairing.unpaired["reason"].value_counts().to_frame("people without a partner")

# %%
_, ax = plt.subplots(figsize=(10, 7))
groups = survey.people["group"].map(lambda names: "/".join(sorted(names)), na_action="ignore")
pn.plots.plot_colleagues(graph, pairing, colour=groups, ax=ax);

# %% [markdown]
# ## What each gate costs here
# Opening the gate of foundation would bring most: the department has difference enough, but the people who could
# introduce across its groups are few.

# %%
prices = pn.gate_prices(scores)
prices.round(2)

# %% [markdown]
# The fair rival, *new pairs by lot*, takes as many people who do not hear each other yet as the same rules allow: more
# pairs, and less gain.

# %%
comparison = pn.compare_pairings(scores, rng=SEED)
comparison.table[["pairs", "gain", "low", "high", "founded", "repeats"]].round(2)

# %% [markdown]
# ## What this cannot tell you
# A research group is a crude stand-in for a perspective, a lunch companion for trust, and a role for experience. The
# pairs above show how the steps work on real ties; they are no recommendation for anybody in Aarhus.
#
# **Next:** [can we trust the answers?](02_can_we_trust_the_answers.ipynb), and [which pairings open most
# here](07_real_colleagues_again.ipynb). **Before:** [start here](00_start_here.ipynb).

# %%
paired, reasons = 2 * len(pairing), pairing.unpaired["reason"].value_counts()
assert pairing.proven and pairing.check().empty
assert 0 < paired < len(survey.people) / 2, "fewer than half find a partner"
assert reasons.idxmax() == "nothing new" and reasons.max() > reasons.sum() / 2, "most others would hear nothing new"
assert prices["price"].drop("every gate open").idxmax() == "foundation open", "few could introduce across groups"
own, rival = (comparison.table.loc[name] for name in ("peernet", "new pairs by lot"))
assert rival["pairs"] > own["pairs"] and rival["high"] < own["gain"], "more pairs, and less gain"

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
# **Only some of them: fewer than half find a partner in the same role, from another group, at whose side they have a
# trusted table companion. The rest lack not difference but a bridge.**
#
# The people are the members of a university department in Aarhus who told about five kinds of ties: working together,
# lunch, leisure, Facebook and joint papers (Rossi & Magnani 2015). Two facts are known about each: their role and their
# research group. That is little, and this notebook is as much about what it cannot say.

# %%
import matplotlib.pyplot as plt

import peernet as pn

# %% tags=["parameters"]
STAND_IN_FOR_TRUST = "lunch"  # nobody was asked about trust; a table companion, chosen daily, stands in for it

# %% [markdown]
# ## What was asked
# Role is taken for experience, group for perspective. What is missing stays missing.

# %%
survey = pn.load_aarhus()
survey.people[["role", "group"]].notna().sum().rename("known, of 61 people").to_frame()

# %%
graph = pn.colleague_graph(survey)
{layer: pn.tie_layer(graph, layer).number_of_edges() for layer in graph.graph["layers"]}

# %% [markdown]
# With one item a view there is nothing to cluster, and `peernet` says so instead of drawing groups.

# %%
views = pn.cluster_people(survey)
views.views[["people", "words"]]

# %% [markdown]
# ## Who can be paired with whom
# Same role, a shared lunch companion, no contact needed so far. Most pairs fall at a gate.

# %%
scores = pn.score_pairs(survey, graph)
scores.to_frame()["blocked"].replace("", "possible").value_counts().to_frame("pairs")

# %%
pairing = pn.pair_people(scores)
print(pairing)
pairing.unpaired["reason"].str.replace(r"[\d].*| \(.*", "", regex=True).value_counts().to_frame("people")

# %%
_, ax = plt.subplots(figsize=(10, 7))
pn.plot_colleagues(graph, pairing, ax=ax);

# %% [markdown]
# ## What each gate costs here
# Opening the gate of foundation would bring most: the department has difference enough, what it lacks is people who
# could introduce across the groups.

# %%
prices = pn.gate_prices(scores)
prices.round(2)

# %%
pn.compare_pairings(scores).table[["pairs", "gain", "low", "high", "founded", "repeats"]].round(2)

# %% [markdown]
# ## What this cannot tell you
# A research group is a crude stand-in for a perspective, a lunch companion for trust, and a role for experience. The pairs
# above show how the steps work on real ties; they are no recommendation for anybody in Aarhus.

# %%
paired = 2 * len(pairing)
assert pairing.proven and pairing.check().empty
assert 0 < paired < len(survey.people) / 2, "fewer than half find a partner"
assert prices["price"].drop("every gate open").idxmax() == "foundation open", "what is lacking is a bridge"

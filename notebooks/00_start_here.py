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
# # Which pairings bring the most diversity of thought at Harbour?
#
# **Those between people who were not in touch yet and share a colleague both trust: the best set of them brings about
# twice what a random pairing of people who could be paired brings, and it is proven that no other set brings more.**
#
# Harbour is a fictional company of 260 people; 240 of them answered a survey. This notebook takes the shortest way from
# the survey to the pairs, in five minutes. Everything it does is one line of `peernet`.

# %%
import matplotlib.pyplot as plt

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
SEED = 0

# %% [markdown]
# ## The survey, and what was wrong with it
# Nothing is dropped silently. Names that people typed are matched to the roster, and every doubt is a row of `.issues`.

# %%
survey = pn.read_survey(FOLDER)
survey.issues[survey.issues["severity"] != "note"].head(6)

# %% [markdown]
# ## The colleague graph
# One directed edge per nomination, one key per layer. Trust, respect and candour are what a pairing must rest on.

# %%
graph = pn.colleague_graph(survey)
{layer: pn.tie_layer(graph, layer).number_of_edges() for layer in graph.graph["layers"]}

# %% [markdown]
# ## Are there groups?
# Experience and perspective are looked at apart, and "no groups" is a possible answer.

# %%
views = pn.cluster_people(survey, rng=SEED)
views.views[["people", "clusters", "p_value", "words"]]

# %% [markdown]
# ## What would each pair bring?
# First the gates: may they be paired, is there a foundation of trust, are experience and goals alike? Only then the
# gain: how many perspectives would each of the two newly have in reach?

# %%
scores = pn.score_pairs(survey, graph)
scores.to_frame().nlargest(5, "value").round(3)

# %% [markdown]
# ## The pairing
# The total is the largest there is: the bound is the proof, and `check()` goes through every rule again.

# %%
pairing = pn.pair_people(scores)
print(pairing, f"bound {pairing.bound:.6f}, violations {len(pairing.check())}", sep="\n")
pairing.table[["a", "b", "foundation", "introducer", "experience", "perspective", "gain_a", "gain_b"]].head(8).round(2)

# %%
_, ax = plt.subplots(figsize=(11, 8))
pn.plot_colleagues(graph, pairing, colour=views.table["perspective"], ax=ax);

# %% [markdown]
# ## Is that much?
# Against chance, and against other ways of pairing the same people. "Attainable" is what could be had if trust,
# experience and goals did not matter; the distance to it is the price of the gates.

# %%
comparison = pn.compare_pairings(scores, rng=SEED)
comparison.table[["pairs", "gain", "low", "high", "founded", "possible", "repeats"]].round(2)

# %%
pn.plot_comparison(comparison);

# %%
pn.plot_gate_prices(pn.gate_prices(scores));

# %% [markdown]
# ## What this cannot tell you
# Gains count perspectives within reach. Whether the pairs get on, and whether they learn, only they can say afterwards.
# The next notebook does the same with real colleagues.

# %%
gain = comparison.table["gain"]
assert pairing.proven and pairing.check().empty
assert 1.5 < gain["peernet"] / gain["random within gates"] < 2.5, "about twice what chance brings within the gates"
assert (pairing.table["foundation"] == "introduced").mean() > 0.8, "mostly people whom a shared colleague introduces"

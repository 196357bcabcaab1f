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
# # Who trusts whom at Harbour, and would it last without the managers?
#
# **Two of three trust nominations are returned, and most teams would go on speaking openly without their manager. Seven
# of 24 would miss the manager more than another member if candour must be mutual, four if one side is enough; only one
# stands out from what a team of that size shows by chance.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. Pairings rest on trust, respect and candour, so it
# is worth knowing how firm that ground is before building on it.

# %%
import matplotlib.pyplot as plt

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here

# %% [markdown]
# ## Who named whom, and who did not answer
# Somebody who did not answer trusts nobody *as far as we know*. Only what was asked and answered counts here; the two
# usual short cuts are shown to see how wrong they go. Taking silence for "nobody" makes trust look less mutual, filling
# it with what others said makes it look more so, and both by construction.

# %%
survey = pn.read_survey(FOLDER)
graph = pn.colleague_graph(survey)
layers = pn.graph.layer_statistics(graph)
shares = {way: pn.graph.layer_statistics(graph, missing=way)["reciprocity"] for way in ("as_zero", "reconstruct")}
shown = ["answered", "ties", "mutual", "one_sided", "isolates", "isolates_mutual", "reciprocity"]
layers[shown].assign(**shares).round(3)

# %% [markdown]
# Everybody is trusted or trusts somebody. If trust must be mutual, 28 people stand alone, 27 of whom did not answer: of
# them nothing is known. Advice is another matter: it is seldom returned, and three of four people have no mutual tie.
#
# Below, people stand near those they work with, coloured by their group of perspective. Two of three pairs who trust
# each other work together; the lines across are what introductions can rest on.

# %%
views = pn.cluster_people(survey).table["perspective"]
_, ax = plt.subplots(figsize=(10, 8), layout="constrained")
pn.plots.plot_colleagues(graph, colour=views, layers=["works_with", "trust"], ax=ax);

# %% [markdown]
# ## What a pairing can rest on
# Two people can be paired where trust, respect and candour are mutual, or where somebody both trust can introduce them.
# "Unknown" is not distrust: most colleagues have simply never met.

# %%
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)
pn.scores.pair_foundation(graph, pairing.pairs).head()

# %%
curve = pn.compare.foundation_curve(scores, graph)
pn.plots.plot_foundation_curve(curve)
curve[["dimensions", "mutual", "introduced", "possible", "paired", "takes_part", "value", "lost"]].round(2)

# %% [markdown]
# ## Where people stand
# A small constraint and a large effective size mark people whose colleagues do not know each other; many Simmelian
# ties mark those at home in a circle.

# %%
people = pn.graph.describe_people(graph, perspective=views)
shown = ["ties", "reciprocity", "constraint", "effective_size", "outside_team", "cross_perspective", "simmelian"]
people[shown].describe().loc[["mean", "25%", "50%", "75%"]].round(2)

# %% [markdown]
# ## Would candour last without the manager?
# Take the manager out of a team and see how well the others still reach each other. Anybody's leaving changes a
# network, so the tick shows what is left, on average, without another member instead. A dot left of its tick means that
# the team hangs on its manager more than on others.

# %%
found = pn.graph.leader_independence(survey, graph, scores=scores, pairing=pairing)
_, ax = plt.subplots(figsize=(8, 7.5), layout="constrained")
pn.plots.plot_leader_independence(found, ax=ax);

# %%
now = found.table[found.table["when"] == "now"].set_index(["team", "rule"])
hangs = (now["kept"] < now["kept_others"]).groupby("rule").sum()
certain = (now["percentile_high"] < 0.5).groupby("rule").sum()
hangs.to_frame("teams with less left without the manager").assign(stand_out=certain)

# %% [markdown]
# Proposed pairs mostly join people of different teams. They change little inside a team, but widen what its members
# hear, and more of that is left without the manager.

# %%
found.table.groupby(["rule", "when"])[["peers", "kept", "reach", "reach_kept"]].mean().round(3)

# %% [markdown]
# ## The climate managers create
# Team means are shown only where members agree and teams differ, drawn in towards each other by how little is known,
# and never ranked. Agreement is high if politeness is not allowed for, and lower if it is: a warning, not a verdict.

# %%
climate = pn.graph.team_climate(survey)
climate.scales[["teams", "icc1", "icc2", "rwg_uniform", "rwg_slight skew", "aggregates"]].round(2)

# %% [markdown]
# ## What this cannot tell you
# Who names whom is what people were willing to type. A team of eight gives eight other members to compare the manager
# with, so the intervals are wide. And nothing here says that a manager caused a climate.

# %%
assert 0.6 < layers.loc["trust", "reciprocity"] < 0.72, "two of three trust nominations are returned"
assert layers.loc["trust", ["isolates", "isolates_mutual"]].tolist() == [0, 28], "who stands alone depends on the rule"
assert (shares["as_zero"] < layers["reciprocity"]).all(), "silence taken for nobody makes ties look less mutual"
assert (layers["reciprocity"] < shares["reconstruct"]).all(), "silence filled in makes them look more so"
assert now.groupby("rule").size().tolist() == [24, 24], "every team is large enough to be shown"
assert hangs.to_dict() == {"either": 4, "mutual": 7}, "how many miss the manager most depends on the rule"
assert (certain == 1).all(), "one stands out"

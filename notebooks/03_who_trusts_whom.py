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
# **At Harbour two of three trust nominations are returned, and no team can be said to hang on its manager. Without the
# manager candour falls apart in two of 24 teams if it must be mutual, in none if one side is enough, and in those two
# the leaving of some other member would cut off as many people or more. In truth, which is known here, even more trust
# is returned.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. Pairings rest on trust, respect and candour, so it
# is worth knowing how firm that ground is before building on it. Put your own folder below, and what the cells show is
# yours; what is said of Harbour by name stays Harbour's.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here

# %% [markdown]
# ## Who named whom, and who did not answer
# Somebody who did not answer trusts nobody *as far as we know*. Only what was asked and answered counts here; the two
# usual short cuts are shown to see how wrong they go. Taking silence for "nobody" makes trust look less mutual, filling
# it with what others said makes it look more so, and both by construction. Harbour is fictional, so its truth is known
# too: of those who are trusted three in four trust in return. Answers show less, because nobody types every name.

# %%
survey = pn.read_survey(FOLDER)
graph = pn.colleague_graph(survey)
layers = pn.graph.layer_statistics(graph)
shares = {way: pn.graph.layer_statistics(graph, missing=way)["reciprocity"] for way in ("as_zero", "reconstruct")}
if FOLDER == "../data/harbour":  # made up, so the truth is known
    made = pn.make_survey(people=260, answered=240, teams=24, mess=True, effect=8.0, relatedness=0.35, rng=0)
    meant = made.contacts
    returned = meant.merge(meant.rename(columns={"person": "alter", "alter": "person"}))
    in_truth = shares["in_truth"] = returned.groupby("layer").size() / meant.groupby("layer").size()
shown = ["answered", "ties", "mutual", "one_sided", "isolates", "isolates_mutual", "reciprocity"]
layers[shown].assign(**shares).round(3)

# %% [markdown]
# At Harbour everybody is trusted or trusts somebody. If trust must be mutual, 28 people stand alone, 27 of whom did not
# answer: of them nothing is known. Advice is another matter there: it is seldom returned, and three of four people have
# no mutual tie.
#
# Below, people stand near those they work with, coloured by their group of perspective. At Harbour two of three pairs
# who trust each other work together; the lines across are what introductions can rest on.

# %%
views = pn.cluster_people(survey).table["perspective"]
_, ax = plt.subplots(figsize=(10, 8), layout="constrained")
drawn = [layer for layer in ("works_with", "trust") if layer in graph.graph["layers"]]
pn.plots.plot_colleagues(graph, colour=views, layers=drawn or None, ax=ax);

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
# A small constraint and a large effective size mark people whose colleagues do not know each other; many Simmelian ties
# mark those at home in a circle. `received_share` is how many of those who could have named a person did: at Harbour
# half of the people are asked for advice by hardly one in a hundred, the one asked most by seven.

# %%
people = pn.graph.describe_people(graph, perspective=views)
shown = ["ties", "reciprocity", "constraint", "effective_size", "outside_team", "simmelian"]
named = [column for column in people if column.startswith("received_share_")]
people[[*shown, *named]].describe().loc[["mean", "25%", "50%", "75%", "max"]].round(2)

# %% [markdown]
# ## Would candour last without the manager?
# Take the manager out of a team and see how well the others still reach each other. Anybody's leaving changes a
# network, so the tick shows what is left, on average, without another member instead. A dot left of its tick means that
# less is left without the manager than without another, which tells little: so it is in nearly half of small teams
# whose ties are placed by lot. A team is said to *hang* on its manager only where more members are cut off than anybody
# else's leaving would cut off, and than chance does in 19 of 20 teams with as many ties.

# %%
try:
    found = pn.graph.leader_independence(survey, graph, scores=scores, pairing=pairing)
except pn.PeernetError as missing:  # a survey that does not say who leads a team
    found = None
    print(f"Passed over: {missing}")
if found and len(found.table):
    _, ax = plt.subplots(figsize=(8, 7.5), layout="constrained")
    pn.plots.plot_leader_independence(found, ax=ax)

# %%
if found:
    now = found.table[found.table["when"] == "now"].set_index(["team", "rule"])
    seen = {"less is left than without another": now["kept"] < now["kept_others"], "falls apart": now["cut"]}
    teams = pd.DataFrame(seen | {"hangs on its manager": now["hangs"]}).astype("boolean").groupby("rule").sum()
teams if found else "No managers, no table."

# %% [markdown]
# Proposed pairs mostly join people of different teams. They change little inside a team, but at Harbour widen what its
# members hear, and more of that is left without the manager.

# %%
kept = ["peers", "kept", "reach", "reach_kept"]
found.table.groupby(["rule", "when"])[kept].mean().round(3) if found else "No managers, no table."

# %% [markdown]
# ## The climate managers create
# Team means are shown only where members agree and teams differ, drawn in towards each other by how little is known,
# and never ranked. Agreement is high if politeness is not allowed for, and lower if it is: a warning, not a verdict.

# %%
try:
    climate = pn.graph.team_climate(survey)
except pn.PeernetError as missing:  # a survey without questions on climate
    climate = None
    print(f"Passed over: {missing}")
shown = ["teams", "icc1", "icc2", "rwg_uniform", "rwg_slight skew", "aggregates"]
climate.scales[shown].round(2) if climate else "No climate, no table."

# %% [markdown]
# ## What this cannot tell you
# Who names whom is what people were willing to type. A team of eight gives eight other members to compare the manager
# with, so the intervals are wide. And nothing here says that a manager caused a climate.
#
# **Next:** [do experience and outlook form groups?](04_experience_and_perspective.ipynb) **Before:** [can we trust the
# answers?](02_can_we_trust_the_answers.ipynb)

# %%
assert (shares["as_zero"] <= layers["reciprocity"]).all(), "silence taken for nobody never makes ties look more mutual"
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    assert 0.6 < layers.loc["trust", "reciprocity"] < 0.72, "two of three trust nominations are returned"
    assert layers.loc["trust", ["isolates", "isolates_mutual"]].tolist() == [0, 28], "it depends on the rule"
    assert (shares["as_zero"] < layers["reciprocity"]).all(), "silence taken for nobody makes ties look less mutual"
    assert (layers["reciprocity"] < shares["reconstruct"]).all(), "silence filled in makes them look more so"
    assert now.groupby("rule").size().tolist() == [24, 24], "every team is large enough to be shown"
    assert teams["less is left than without another"].to_dict() == {"either": 4, "mutual": 7}, "as in many teams by lot"
    assert teams["falls apart"].to_dict() == {"either": 0, "mutual": 2} and (teams["hangs on its manager"] == 0).all()
    apart = now[now["cut"].eq(True)]
    assert (apart["parts"] == 2).all() and (apart["cut_off"] <= apart["cut_off_others"]).all(), "as another would"
    after = found.table.groupby(["rule", "when"])[["kept", "reach", "reach_kept"]].mean().unstack()
    assert (after["reach"]["with pairs"] > after["reach"]["now"] + 0.15).all(), "pairs widen what members hear"
    assert (after["reach_kept"]["with pairs"] > after["reach_kept"]["now"]).all(), "and more is left without managers"
    assert 0.75 < in_truth["trust"] < 0.79, "three in four trust in return,"
    assert layers.loc["trust", "reciprocity"] < in_truth["trust"], "answers show less"
    asked = people["received_share_advice"]
    assert round(asked.median(), 2) == 0.01 and round(asked.max(), 2) == 0.07

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
# # Which pairs should Harbour make, and how sure is that?
#
# **The 102 pairs of the best list are proven best for these answers, but no single pair is sure: had other questions of
# the same kind been asked and a tenth of the names been others, about one in ten would be proposed again. So draw the
# list by lot among those nearly as good, and do not defend single pairs.**
#
# Harbour is a fictional company of 260 people, 240 of whom answered. "Optimal" says that nothing better exists *given
# the answers*. This notebook asks what the answers are worth, what closeness in experience costs, and how to draw a
# list from which something can be learnt afterwards.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
DRAWS = 60  # surveys drawn anew; 200 or more for a report
SEED = 0

# %%
survey = pn.read_survey(FOLDER)
graph = pn.colleague_graph(survey)
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)
pairing

# %% [markdown]
# ## What does the list buy?
# Grey are all pairs that trust, experience and goals allow. The chosen ones lie higher: partners differ more in
# outlook. They also lie a little to the right, for once a pair is let through only outlook decides.

# %%
pn.plots.plot_pairing(pairing);

# %% [markdown]
# ## How sure is each pair?
# The survey is drawn anew again and again, scored and paired: with other items of each block, some names left out and
# others added, thresholds and weights moved a little. `recur` is the share of the proposed pairs that come up again on
# average, `kept` the share of what could then be had that they bring, and `optimism` the share of the promised value
# that exists only because the pairs were chosen for it.

# %%
stability = pn.pairing_stability(survey, graph, draws=DRAWS, rng=SEED, progress=False)
stability.summary.round(3)

# %%
pn.plots.plot_pairing_stability(stability);

# %% [markdown]
# ## Why so unsure?
# Reliability says how far two people's distance would come out the same with other questions of the same kind. The
# four questions on goals have hardly anything in common, and yet they decide who may be paired with whom. That is
# worth knowing before the next survey.

# %%
stability.items.round(2)

# %% [markdown]
# Seen from one person, the list names one of several partners. Why this one is told in words that give nobody's answer
# away; what the next best would cost everybody is known exactly.

# %%
person = pairing.table.nlargest(1, "value")["a"].iloc[0]
print(pairing.why(person))
pairing.alternates(person)[["partner", "cost", "share", "people", "left_out"]].round(4)

# %% [markdown]
# ## What does closeness in experience cost?
# The gate lets a pair pass or not. Seen as a compromise over the whole list instead, every point of the curve is a
# list that nothing beats in both respects. The gate's own list lies well below it: at the knee of the curve partners
# are as close on average, more people have one, and the list is worth more, because a few pairs may be further apart.

# %%
frontier = pn.pairing_frontier(scores, points=40, progress=False)
_, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
pn.plots.plot_frontier(frontier, ax=ax);

# %%
knee = frontier.table.loc[frontier.knee]
both = pd.DataFrame({"gate": frontier.proposed, "knee": knee})
both.loc[["pairs", "value", "closeness", "apart"]].astype(float).round(3)

# %% [markdown]
# ## A list to learn from
# If the pairs are a choice, no one can say afterwards whether the pairing worked or the people would have done well
# anyway. Drawn by lot among all lists within five per cent of the best, they can be compared with what the lot might
# have given. Every pair's chance is recorded, and the design can be drawn from again.

# %%
drawn = pn.draw_pairing(scores, within=0.05, draws=4 * DRAWS, rng=SEED, progress=False)
drawn.table[["a", "b", "probability", "low", "high", "value"]].head(6).round(3)

# %% [markdown]
# ## What this cannot tell you
# Drawing items anew takes the questions for a sample of those that could have been asked; where they are the only
# ones that matter, the pairs are surer than it says. And it is about the answers: whether two people get on is not in
# them.

# %%
told = stability.summary
assert pairing.proven and len(pairing) == 102
assert told["stable"] == 0 and 0.05 < told["recur"] < 0.15, "no pair is sure, about one in ten comes up again"
chosen, possible = pairing.table["perspective"].median(), scores.to_frame().query("value >= 0")["perspective"].median()
assert chosen > possible, "chosen partners differ more in outlook than possible ones"
assert stability.items["reliability"].idxmin() == "goals" and stability.items.loc["goals", "reliability"] < 0.2
assert knee["pairs"] > len(pairing) and knee["value"] > pairing.objective, "more pairs, worth more,"
assert knee["apart"] < frontier.proposed["apart"] + 0.01, "and as close on average"
assert drawn.value >= 0.95 * drawn.best and (drawn.table["probability"] > 0.95).mean() < 0.3, "little of it is certain"

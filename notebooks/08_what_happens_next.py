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
# # What happens next: do Harbour's pairs widen what people hear, or make everybody alike?
#
# **That depends on how people move, and nobody knows how: at Harbour, if they go part of the way to those they hear,
# the 110 pairs add 0.07 to the 3.20 perspectives people would reach and keep 98 % of the diversity there would be; if
# they draw away from those who differ, partners end 0.61 apart instead of 0.54 and people do not surely reach more.**
#
# These are scenarios, never forecasts. Each plays one rule by which opinions might move along the contacts people have
# at Harbour, a fictional company, once without the pairs and once with them. A recommendation is worth something only
# if it survives rules that contradict each other. This one does not, and it is better to know that before the start.
# Put your own folder below, and what the cells show is yours; what is said of Harbour by name stays Harbour's.

# %%
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
DRAWS = 20  # how often everybody's susceptibility is drawn
SEED = 0

# %%
survey = pn.read_survey(FOLDER)
if {item.kind for item in survey.codebook.block("perspective")}.isdisjoint({"ordinal", "numeric"}):
    print(f"{FOLDER} asks for no outlook that can move part of the way; what follows is of Harbour.")
    FOLDER, survey = "../data/harbour", pn.load_example()
graph = pn.colleague_graph(survey)
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)

# %% [markdown]
# ## If people go part of the way and hold on to their first opinion
# Questions on a scale, at Harbour ten, are opinions that can move; what somebody was trained in cannot. Everybody gives
# equal attention to each colleague, the partner and themselves. How far anybody moves was never measured, so it is
# drawn for each person, between a fifth and four fifths of the way.

# %%
scenario = pn.simulate_opinions(scores, graph, pairing, draws=DRAWS, rng=SEED, progress=False)
print(scenario.words)

# %% [markdown]
# Reading down, at Harbour: the pairs do what they were chosen for on the first day (`met`). Later on, opinions have
# come closer all over the company, with pairs or without. Next to that, what the pairs add and what they cost is small.

# %%
scenario.organisation.round(3)

# %% [markdown]
# ## If people move by another rule
# Under *bounded confidence* only those who do not think too differently are heard; under *repulsion* people draw away
# from those who do. The limit is the median distance of two people today. Beside the proposed pairs stand the same
# people paired at random and with those who differ most. Filled dots are what one would hope for.

# %%
comparison = pn.compare_scenarios(scores, graph, draws=DRAWS, rng=SEED, progress=False)
pn.plots.plot_opinions(comparison);

# %%
print(comparison.words)
comparison.baseline.round(2)

# %% [markdown]
# Even where Harbour's pairs do what was hoped for, their lead over the same people paired at random is slim: 0.009
# perspectives, in 19 of 20 draws. And bounded confidence deserves a second look: pairs keep "all" of a diversity that
# is gone. Almost the whole of Harbour ends with one opinion either way.
#
# ## What if people are more open than that?
# At Harbour the more willing people are to move, the less the pairs help. Where nearly everything can be given up, a
# new colleague is one more who ends up alike: exposure is a touch lower with the pairs than without.

# %%
play = {"draws": DRAWS // 2, "rng": SEED, "progress": False}
own, columns = {"peernet": pairing}, ["exposure", "diversity", "parted", "raises", "keeps", "together"]
only = {"models": ["assimilation"], **play}
shares = (0.1, 0.3, 0.5, 0.7, 0.9)
opener = {share: pn.compare_scenarios(scores, graph, own, susceptibility=share, **only).table for share in shares}
opener = pd.concat(opener, names=["susceptibility"]).droplevel("pairing")
opener[columns].round(3)

# %% [markdown]
# ## What if partners get more attention?
# A partner met every week is more than one voice among many. At Harbour more attention brings partners nearer to each
# other if people assimilate, and drives them further apart if they repel, although people then reach more.

# %%
weights = (1, 4, 8)
closer = {weight: pn.compare_scenarios(scores, graph, own, partner_weight=weight, **play).table for weight in weights}
closer = pd.concat(closer, names=["partner_weight"]).droplevel("pairing")
closer[columns].round(3)

# %% [markdown]
# ## What if trust lets partners listen where others would not?
# Trust is what the pairs rest on. If it lets partners hear each other across any difference, repulsion at Harbour no
# longer drives them apart. But then those who stood alone are drawn in as well: under bounded confidence the pairs join
# some of the last circles that differed to the rest, and a quarter of the diversity that was left is lost. Under
# repulsion people then reach less than without the pairs: not being driven apart has its price, too.

# %%
only = {"models": ["bounded confidence", "repulsion"], **play}
limits = {"as for others": None, "any difference": 1.0}
trusted = {k: pn.compare_scenarios(scores, graph, own, partner_confidence=v, **only).table for k, v in limits.items()}
trusted = pd.concat(trusted, names=["partners hear each other"]).droplevel("pairing")
trusted[columns].round(3)

# %% [markdown]
# ## What this cannot tell you
# Which rule holds here, if any. That takes a second survey: did partners move towards each other more than people who
# were not paired? Until then the safe reading is the narrow one. The pairs bring other outlooks within reach on the
# first day; what people make of them is up to them, and to how the meetings are held.
#
# **Next:** [run the programme](09_run_the_programme.ipynb). **Before:** [which pairings produce
# most](06_which_pairings_produce_most.ipynb).

# %%
assert comparison.table["exposure"].notna().all() and scenario.settings["pairs"] == len(pairing)
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    told, anyway = scenario.organisation, comparison.baseline
    assert scenario.settings["pairs"] == 110 and scenario.raises_exposure and scenario.keeps_diversity
    assert round(told.loc["exposure", "difference"], 2) == 0.07 and round(told.loc["exposure", "without"], 2) == 3.20
    assert round(scenario.diversity_kept, 2) == 0.98 and told.loc["exposure", "met"] > told.loc["exposure", "before"]
    repelled = comparison.table.loc[("repulsion", "peernet")]
    assert not repelled["raises"] and not repelled["together"] and not comparison.robust["peernet"]
    assert round(repelled["apart"], 2) == 0.61 and round(repelled["apart"] - repelled["parted"], 2) == 0.54
    lead = comparison.table.loc["assimilation"]
    assert lead["first"]["peernet"] == 0.95
    assert round(lead["exposure"]["peernet"] - lead["exposure"]["random"], 3) == 0.009
    assert anyway.loc["bounded confidence", "diversity"] < 0.05 * anyway.loc["today", "diversity"]
    assert opener["exposure"].is_monotonic_decreasing and opener["exposure"].iloc[-1] < 0
    assert closer["parted"].unstack().apply(lambda column: column.is_monotonic_increasing)["repulsion"]
    assert closer["parted"].unstack().apply(lambda column: column.is_monotonic_decreasing)["assimilation"]
    assert closer.xs("repulsion", level="model")["exposure"].is_monotonic_increasing, "although people reach more"
    assert trusted.loc[("any difference", "repulsion"), "together"]
    assert trusted.loc[("any difference", "bounded confidence"), "diversity"].round(2) == 0.74
    assert trusted.loc[("any difference", "repulsion"), "exposure"] < 0

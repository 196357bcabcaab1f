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
# # What if the organiser decided otherwise?
#
# **Move a dial and the best pairing under it stands there, proven, before you have let go: how many people have a
# partner, what all pairs bring, who loses, and whether it is more than asking everybody once more would change anyway.
# Then take the settings with you.**
#
# Run the next three cells and use the dials. Where no kernel runs, as on the web, a still picture of the last state is
# in their place; nothing that is saved here names anybody.

# %%
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder or export goes here

# %%
survey = pn.read_survey(FOLDER)
explorer = pn.explore(survey)
explorer

# %% [markdown]
# Left is what the organiser decides, in the middle the people and their pairs, right what it comes to. A click on
# somebody says why they have this partner, who would be next and what any other would cost everybody; two people can
# be locked or kept apart, and anybody left out this time. *Keep* makes the state the one that moves are held against.
#
# ## The same from a cell
# The dials and this line move one state, so a later cell can start where your hand left off. Here the gate on
# experience is opened.

# %%
asked = explorer.settings
explorer.settings = asked.but(experience=None)
before, after = explorer.kept, explorer.pairing
states = {"kept": before, "experience open": after}
columns = {"pairs": len, "total": lambda state: round(state.objective, 2), "proven": lambda state: state.proven}
print(len({*before.pairs} - {*after.pairs}), "kept pairs are given up")
pd.DataFrame({name: map(told, states.values()) for name, told in columns.items()}, index=[*states])

# %% [markdown]
# ## Several at once
# Every state is the proven best under its settings, so rows differ by what was decided and by nothing else.

# %%
decisions = {
    "as asked": {},
    "the worst-off first": {"objective": "fair"},
    "as many pairs as possible": {"cardinality": "max"},
    "partners at least 0.3 apart in perspective": {"band": (0.3, 1.0)},
    "the lesser gain of a pair counts as much as their mean": {"value": 0.5},
}
rows = {}
for decision, changes in decisions.items():
    explorer.settings = asked.but(**changes)
    gains = explorer.pairing.table[["gain_a", "gain_b"]]
    rows[decision] = {
        "pairs": len(explorer.pairing),
        "both gains": gains.to_numpy().sum(),
        "least gain": gains.min(axis=None),
        "kept pairs": len({*explorer.pairing.pairs} & {*explorer.kept.pairs}),
    }
pd.DataFrame(rows).T.rename_axis("decision").round(3)

# %% [markdown]
# ## By name
# A click locks two people, keeps them apart or leaves somebody out; all three are rules of the settings, as a sheet of
# rules has them. Here the pair that brings most is kept apart.

# %%
a, b = before.table.nlargest(1, "value")[["a", "b"]].iloc[0]
explorer.settings = asked.but(rules=pn.Rules([*asked.rules, pn.Rule("forbidden", a, b)], asked.rules.facts))
lost = before.objective - explorer.pairing.objective
print(f"Without their most valuable pair all others bring {lost:.3f} less in all, {lost / before.objective:.1%}.")

# %% [markdown]
# ## Take it with you
# Below the dials stand the code and the settings sheet that make the state. The sheet goes beside the survey, and
# `peernet run` uses it from then on.

# %%
explorer.settings = asked.but(cardinality="max")
print(explorer.settings.command(FOLDER))

# %% [markdown]
# ## What this cannot tell you
# Trying many settings until the list looks right is choosing by the answers, like any other choice: the state you end
# at promises a little more than it will hold, and *if the survey were repeated* says how many pairs would change
# anyway. Decide for reasons first, then look at the price. Next:
# [Did it work?](10_did_it_work.ipynb), or back to [the programme](09_run_the_programme.ipynb).

# %%
again = pn.run_study(survey, settings=explorer.settings, draws=1, repeats=0).pairing
assert explorer.pairing.proven and not len(explorer.pairing.check())
assert again.pairs == explorer.pairing.pairs

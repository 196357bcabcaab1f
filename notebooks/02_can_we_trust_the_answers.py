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
# # Can we trust Harbour's answers?
#
# **At Harbour mostly. Its three scales of outlook, on which the pairs rest, measure the same thing with each of their
# questions (alpha .83 to .89), the two scales about managers do so less (.59 and .67). No question runs against its
# scale, five of 240 people may not have read what they ticked, and nothing speaks against answers missing by chance.**
#
# A pairing for difference picks whoever looks different, and nobody looks as different as somebody who ticked at random
# or a question that was turned round by mistake. So this comes before any pair. Put your own folder below, and what the
# cells show is yours; what is said of Harbour by name stays Harbour's.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder or export goes here
pd.options.display.max_colwidth = None

# %%
survey = pn.read_survey(FOLDER)
graph = pn.colleague_graph(survey)
survey

# %% [markdown]
# ## Do the questions of a scale measure the same thing?
# Alpha and omega say how much of the differences between people's scores is more than chance, 1 being all of it; the
# lines are 95 % intervals of alpha. There is no magic number: with a reliability of .6 a correlation of .5 would look
# like .4. What counts here is that distances between people rest on many such answers together.

# %%
found = pn.survey.scale_reliability(survey)
scales = found.table
scales[["items", "people", "alpha", "low", "high", "omega", "mean_r"]].round(2)

# %%
fig, ax = plt.subplots(figsize=(7, 0.5 * len(scales) + 0.8), layout="constrained")
ax.hlines(scales.index, scales["low"], scales["high"], color="0.6")
ax.plot(scales["alpha"], scales.index, "o", color="0.2")
ax.set(xlim=(0, 1), xlabel="alpha, with its 95 % interval");

# %% [markdown]
# ## Does a question run against its scale?
# After the codebook has turned what is worded the other way, every question should go with the rest of its scale. One
# that goes against it was probably turned round twice, by the tool and by the codebook; it is told, never changed.

# %%
items = found.items
items.sort_values("item_rest").head(5).round(2)

# %% [markdown]
# ## Who may not have read the questions?
# Four signs are looked at: the longest run of one answer, answers that hardly vary, combinations of answers that nobody
# else gives (`chance` is how likely such a distance is), and halves of scales that disagree, which is told but flags
# nobody. At Harbour five people answered like that; four of them ticked the same number eighteen times. Somebody can
# hold one opinion honestly, so nobody is left out: the outlook of a flagged person is drawn to the middle, so that they
# are not chosen *because* they look different.

# %%
signs = pn.survey.careless_answers(survey)
signs.loc[signs["flag"], ["answers", "longest_run", "spread", "chance", "reason"]].round(3)

# %% [markdown]
# ## What does it do to the pairs?
# The same pairing, once with the outlook of flagged people drawn to the middle, once as they ticked: then they would be
# in one more pair at Harbour, and their pairs would promise almost twice as much.

# %%
scores = {way: pn.score_pairs(survey, graph, careless=way) for way in ("average", "as given")}
pairings = {way: pn.pair_people(scored) for way, scored in scores.items()}
flagged = set(signs.index[signs["flag"]])
worth = {way: p.table.loc[p.table[["a", "b"]].isin(flagged).any(axis=1), "value"] for way, p in pairings.items()}
pd.DataFrame({way: {"pairs": len(found), "worth": found.sum()} for way, found in worth.items()}).T.round(2)

# %% [markdown]
# ## What is missing, and is it missing by chance?
# Little's test asks whether people who skipped a question answer the others as everybody does. A small p would say that
# they do not. A large one is no proof: people may still skip a question because of what they would have said to it.

# %%
missing = pn.survey.missing_answers(survey)
print(pn.survey.littles_test(survey).words)
missing.groupby("block", sort=False)["missing"].agg(["min", "median", "max"]).round(3)

# %% [markdown]
# ## What this means
# At Harbour: use the answers, and read single questions about managers with care. Everywhere: look at the sheets of
# those flagged above before the pairs are told to anybody, and ask fewer questions next time if more than one answer in
# ten is missing.
#
# **Next:** [who trusts whom](03_who_trusts_whom.ipynb), the ground that pairs rest on. **Before:** [real
# colleagues](01_real_colleagues.ipynb).

# %%
if FOLDER == "../data/harbour":  # holds of Harbour; your own answers may say otherwise
    assert scales.loc[["change", "people", "planning"], "alpha"].between(0.83, 0.89).all()
    assert np.allclose(scales.loc[["manager_authenticity", "manager_trust"], "alpha"], [0.59, 0.67], atol=0.005)
    assert (items["item_rest"] > 0).all() and not items["remark"].any()
    assert len(flagged) == 5 and (signs["longest_run"] >= 18).sum() == 4
    assert [len(found) for found in worth.values()] == [3, 4]
    assert worth["as given"].sum() > 1.8 * worth["average"].sum()
    assert pn.survey.littles_test(survey).p > 0.05

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
# # Which pairings open most among 61 real colleagues, as far as role and group can tell?
#
# **Those across research groups between people who are not in touch: of such pairs in one role, 95 in 100 open a new
# group to somebody; of those in touch 20 in 100; within a group none. But twelve of the fourteen best pairs open one to
# one side only, and whether such pairs bring more than chance would cannot be told from a single fact about outlook.**
#
# The people are a university department in Aarhus that told about five kinds of ties (Rossi & Magnani 2015). The
# notebook on pairing them asked who finds a partner. This one asks what the pairs are worth, and how far two facts
# about each person, role and group, can carry an answer.

# %%
import peernet as pn

# %% tags=["parameters"]
SEED = 0

# %%
survey = pn.load_aarhus()
graph = pn.colleague_graph(survey)
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)
pairing

# %% [markdown]
# ## Which pairs open anything at all?
# Outlook is the research group: two people share one or do not (a few belong to two). All that is left to tell pairs
# apart is whom they hear: somebody in touch with a group, by work, leisure, Facebook or a joint paper, has little to
# learn from one more of its members.

# %%
pairs = scores.to_frame().query("blocked == ''")
places = [scores.people.get_indexer(pairs[side]) for side in ("a", "b")]
pairs["in touch"] = scores.ties[*places] > 0
pairs["groups"] = pairs["perspective"].eq(1).map({True: "different", False: "shared"})
pairs["opens"] = pairs[["gain_a", "gain_b"]].max(axis=1) > 1e-9
opens = pairs.groupby(["groups", "in touch"])["opens"].agg(["size", "mean"])
opens.round(2)

# %% [markdown]
# ## Does a kind of pairing bring more than chance?
# That takes two questions on outlook: one to say which kind a pair is, another to say what it brings. There is one.

# %%
kinds = pn.pairing_kinds(scores, rng=SEED, progress=False)
print(kinds.words)

# %% [markdown]
# ## Who opens what for whom?
# Both teach and both learn only in the first two pairs. In all others one person is already in touch with the other's
# group.

# %%
ledger = pn.exposure_ledger(scores, pairing)
ledger.pairs.head(6).round(2)

# %%
ledger.organisation.round(3)

# %% [markdown]
# ## And other ways of pairing?
# Trust and role hold the proposed list back: partners by lot would open nearly twice as much, but only one pair in four
# of them could be introduced to each other. The fair rival, new pairs by lot under the same rules, opens three fifths
# of what the list does, though it makes more pairs.

# %%
comparison = pn.compare_pairings(scores, rng=SEED, progress=False)
print(comparison.verdict)
comparison.table[["pairs", "gain", "low", "high", "founded", "repeats", "coverage"]].round(2)

# %% [markdown]
# ## Are groups within roles more alike than by lot?
# If one role sat in one group, asking for the same role would shut out other groups. It does not.

# %%
by_role = pn.diversity.rao_by_item(survey, groups="role", rng=SEED)
by_role

# %% [markdown]
# ## What if other ties counted as contact?
# With five kinds of ties this can be tried. The pairs that gain most are largely others when lunch counts, or only
# joint papers: what a pairing brings depends on whom people are said to hear, and no survey asks that perfectly.

# %%
looks = pn.compare.exposure_sensitivity(scores, pairing, graph, factors=(1.0,), progress=False)
looks.set_index("contact")[["before", "gain", "same_top", "rank_correlation"]].round(2)

# %% [markdown]
# ## What this cannot tell you
# What anybody in Aarhus thinks. A group stands for an outlook, a role for experience, lunch for trust. What the numbers
# do show is how much hangs on contacts: count them before looking for difference, and ask several questions about it.
#
# **Next:** [what happens next](08_what_happens_next.ipynb). **Before:** [which pairings produce
# most](06_which_pairings_produce_most.ipynb), and [whether these colleagues can be paired](01_real_colleagues.ipynb).

# %%
told = opens["mean"]
assert round(told["different", False], 2) == 0.95 and round(told["different", True], 2) == 0.2
assert told["shared"].max() == 0, "nobody opens their own group"
one_sided = (ledger.pairs[["a_opens", "b_opens"]].min(axis=1) < 1e-9).sum()
assert len(pairing) == 14 and one_sided == 12, "twelve of fourteen open one side only"
assert kinds.verdict == "cannot tell" and comparison.verdict.startswith("Cannot tell")
gain = comparison.table["gain"]
assert 1.7 < gain["random"] / gain["peernet"] < 2 and 0.55 < gain["new pairs by lot"] / gain["peernet"] < 0.65
assert 0.2 < comparison.table["founded"]["random"] < 0.3, "one in four by lot could be introduced"
assert comparison.table["pairs"]["new pairs by lot"] > len(pairing)
assert looks.set_index("contact")["same_top"][["lunch", "coauthor"]].max() < 0.5

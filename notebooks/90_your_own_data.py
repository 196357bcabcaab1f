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
# # How does an export become pairs?
#
# **By looking at a handful of guesses. In the example four tools export the answers of the same 40 made-up people; of
# each a codebook is drafted with five to eight rows marked to look at, and then the same people and the same 938 ties
# come out of all.**
#
# Put the path of your own export below and run this again. It works from what Qualtrics, SurveyMonkey, Google Forms,
# Microsoft Forms, LimeSurvey, REDCap, KoboToolbox, ODK, Network Canvas, SPSS or Stata write, or from a plain table; the
# README says what to click. Nothing is sent anywhere.

# %%
from pathlib import Path
from shutil import copy
from tempfile import mkdtemp

import pandas as pd

import peernet as pn

# %% tags=["parameters"]
EXPORT = "../data/exports/google_forms/responses.csv"  # the file your tool exports
pd.options.display.max_colwidth = 80

# %% [markdown]
# ## 1. What is in the file?
# Every line is accounted for, and each question gets a guess with its reason. Here a copy without a
# codebook is drafted; beside your own export `peernet codebook EXPORT` writes `codebook.xlsx`.

# %%
draft = pn.draft_codebook(copy(EXPORT, mkdtemp()))
print(*draft.summary, sep="\n")

# %%
draft.table.reset_index(drop=True)[["wording", "answers", "block", "kind", "because"]].head(12)

# %% [markdown]
# ## 2. Look at the marked rows
# Open `codebook.xlsx`, look at the coloured rows, and change what is wrong: the block of a question, the
# order of an answer scale, a statement worded the other way, from which rating on a colleague is a tie. Nothing that
# only seems so was applied: a program cannot know which way round a statement is meant. Somebody changed this here.

# %%
decided = ["block", "kind", "categories", "reverse", "layer", "at_least", "role"]
looked_at, guessed = (found.table[decided].astype(str) for found in (pn.draft_codebook(EXPORT), draft))
changed = looked_at.compare(guessed, align_axis=0, result_names=("now", "drafted"))
changed.rename(index=lambda question: question[-45:]).fillna("")

# %% [markdown]
# ## 3. Read it, and see what could not be read
# Whatever was not understood word for word is an issue with its row. Names that could be nobody or several
# people are asked back in the sheet `names`; a list of everybody invited, `roster.csv` beside the export, answers most.

# %%
survey = pn.read_survey(EXPORT)
print(survey.source)
survey.issues[["severity", "problem", "done"]]

# %%
pn.survey.unread_names(survey)

# %% [markdown]
# ## 4. Pairs
# `peernet run EXPORT` does this and writes the report. In a firm of this size not everybody finds a partner whom trust
# allows; `pn.feasibility(scores)` says what would help.

# %%
graph = pn.colleague_graph(survey)
scores = pn.score_pairs(survey, graph)
pairing = pn.pair_people(scores)
pairing

# %% [markdown]
# ## The same survey from four tools
# How many rows the draft marks, and what comes out once somebody has looked at them. In Qualtrics and SPSS the
# colleagues are on the form; in the two other tools their names were typed.

# %%
four = {}
for export in sorted(Path("../data/exports").glob("*/responses.*")):
    drafted, read = pn.draft_codebook(copy(export, mkdtemp())), pn.read_survey(export)
    ties = pn.graph.layer_statistics(pn.colleague_graph(read))["ties"].sum()
    counts = (len(drafted.table), drafted.to_look_at, len(read.people), read.people["answered"].sum(), ties)
    four[export.parent.name] = pd.Series(counts, ["questions", "to look at", "people", "answered", "ties"])
pd.DataFrame(four).T

# %% [markdown]
# **Next:** [the shortest way from a survey to pairs](00_start_here.ipynb); every notebook takes the folder of your
# export for its `FOLDER`, such as [can we trust the answers?](02_can_we_trust_the_answers.ipynb).

# %%
if EXPORT == "../data/exports/google_forms/responses.csv":  # holds of the example; your own export may say otherwise
    assert all(tool["to look at"] in range(5, 9) for tool in four.values())
    assert {(tool["people"], tool["answered"], tool["ties"]) for tool in four.values()} == {(44, 40, 938)}
    assert pn.survey.unread_names(survey).empty and len(survey.ties) == 938
    assert (survey.issues["severity"] == "note").all() and pairing.proven

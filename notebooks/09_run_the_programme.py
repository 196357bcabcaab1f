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
# # How does a list of pairs become a programme that runs?
#
# **By writing down what is decided, finding a way on for everybody without a partner, handing each pair a page to
# begin with, and keeping every round in a log that is only ever added to. Then somebody can leave, a pulse can be
# taken and the next round proposed, and nobody meets the same partner twice or is forgotten.**
#
# Each step is one line here and one command outside: `peernet run`, `round`, `replace`, `pulse`. The survey is copied
# first, so that nothing is written into your folder.

# %%
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import mkdtemp

import pandas as pd

import peernet as pn

# %% tags=["parameters"]
FOLDER = "../data/harbour"  # your own survey folder goes here
FIRST = date(2027, 1, 11)  # day of the first conversation
SEED = 0
pd.options.display.max_colwidth = None

# %% [markdown]
# ## 1. Decide, and write it down
# A sheet in the survey's folder holds what the organiser decides: what a pair may rest on, how alike in experience
# partners must be, whether everybody comes before the most gain. `programme.xlsx` does as well. Here it is as usual,
# with fewer repeats than a report needs.

# %%
own = ignore_patterns("programme.*", "rounds.csv", "pulse_*", "results")  # of a programme that runs already
folder = Path(copytree(FOLDER, Path(mkdtemp(), Path(FOLDER).name), ignore=own))
sheet = pn.programme.Settings(seed=SEED, draws=50, repeats=0).write(folder / "programme.toml")
print(sheet.read_text())
study = pn.run_study(folder)
survey, way = study.survey, study.way_on
study

# %% [markdown]
# ## 2. Who has no partner, and what would give them one?
# Everybody who was left over has a sentence that can be said to their face, and the organiser has a list: the fewest
# changes by which everybody has a partner, each with the line for the sheet of rules and its price. Below zero the
# pairs bring *more* by it. Where it says "let them meet", that is an invitation to lunch, not a verdict on anybody's
# trust.

# %%
print(way.words)
way.changes[["who", "change", "rule", "people", "price"]].round(3)

# %%
left_over = way.people[~way.people["reason"].eq("did not answer")]
left_over.groupby("sentence").agg(people=("person", "size"), a_way_on=("way", "first"))

# %% [markdown]
# Whole gates can be opened instead. Every row is the best there is under its settings; the recommended row needs the
# fewest steps that give four in five a partner, and trust is the last that is touched. Nothing is opened by itself.

# %%
curve = way.curve or pn.programme.gate_curve(study.scores, study.settings)
print(curve.words)
shown = ["step", "people", "share", "value", "price", "experience", "founded", "recommended"]
curve.table[shown].round(2)

# %% [markdown]
# ## 3. The first round
# Say that the organiser agrees to these changes. How many rounds are possible without a repeat is answered before the
# first. `peernet round` proposes; the round begins when people have been told.

# %%
rounds = pn.programme.read_rounds(folder, survey)
proposed = pn.programme.next_round(survey, rounds, settings=way.settings, graph=study.graph, today=FIRST)
rounds = rounds.append(proposed.rows)
rounds = rounds.append(rounds.started())
kept = rounds.path.read_bytes()
print(*proposed.summary()[:4], "...", sep="\n")
rounds

# %% [markdown]
# ## 4. A page for each pair
# What both share comes first, then a theme to begin with, in the words of the questions and without a single answer of
# the partner, then how to begin. `pn.report.write_briefs` makes pages that print to one side, a mail merge and a
# calendar; introducers and managers have notes of their own. Other languages: `language="de"`, `"it"`, `"es"`, `"fr"`.

# %%
told = pn.briefs(proposed.pairing, survey, first=FIRST)
pages = pn.report.write_briefs(told, folder / "briefs", calendar=True)
brief = max(told.all, key=lambda page: len(page.common))
shared = [f"{one.question} {', '.join(one.answers)}" for one in brief.common]
theme = f"A theme to begin with: {brief.theme}."
parts = ["You share: " + "; ".join(shared), brief.contacts, theme, *brief.exchange, brief.meeting]
print(told, " and ".join(brief.names), *filter(None, parts), *brief.questions, sep="\n\n")

# %% [markdown]
# ## 5. Somebody leaves
# Whoever loses a partner gets another, with as few other pairs touched as possible: that is proven, and so is what it
# costs against pairing everybody anew.

# %%
leaver = proposed.pairing.table["a"].iloc[0]
mended = pn.programme.replace_partner(
    survey, rounds, leaver, settings=way.settings, graph=study.graph, today=FIRST + timedelta(weeks=2)
)
rounds = rounds.append(mended.rows)
print(*mended.summary(), sep="\n")

# %% [markdown]
# ## 6. A pulse
# Five questions while the round runs, written for the tool your questionnaire was in. Answers come back under the names
# in its `roster.csv`. Here they are made up: one in ten says nothing, the others mostly that they have met. Met, not
# yet, one yes and one no, and no answer are four things, and of all but the first `pulse.summary()` says whom to ask.

# %%
questions, _, roster = pn.programme.write_pulse(survey, rounds, folder / "pulse_1" / "pulse.csv", tool="redcap")
asked = pd.read_csv(roster)["person"]
draws = pd.Series(range(len(asked))) * 7 % 10  # 0 to 9 in turn
answers = pd.DataFrame({"record_id": asked.index + 1, "person": asked, "met_1": (draws > 1).astype(int)})
answers[draws > 0].to_csv(folder / "pulse_1" / "answers.csv", index=False)
pulse = pn.programme.read_pulse(folder / "pulse_1" / "answers.csv", rounds)
rounds = rounds.append(pulse.rows)
pulse

# %% [markdown]
# ## 7. The next round
# Nobody has a partner they had before, whom somebody met counts as heard, the leaver is away for good, and whoever had
# no partner or was left by one comes first. The changes agreed on gave people a partner once; for whoever has none now
# `pn.programme.way_on` is asked again.

# %%
later = FIRST + timedelta(weeks=15)
second = pn.programme.next_round(survey, rounds, settings=way.settings, graph=study.graph, today=later)
print(*(line for line in second.summary() if not line.startswith("  ")), sep="\n")
rounds.append(second.rows).table.tail(3)

# %% [markdown]
# ## What this cannot tell you
# Whether people want the partner they are offered: ask them, and let them say no. And whether it works: the pulse says
# who met and how it felt, a second survey says what changed.
#
# **Next:** [did it work?](10_did_it_work.ipynb) once people have answered again; [plan a study](11_plan_a_study.ipynb)
# before they have. **Before:** [what might happen to opinions](08_what_happens_next.ipynb).
# **Start:** [the shortest way](00_start_here.ipynb).

# %%
first_pairs = {*rounds.of_round(1, "running", "replaced")}
second_pairs = {*zip(second.pairing.table["a"], second.pairing.table["b"], strict=True)}
assert way.left_over == 0 or way.number or way.beyond_help, "whoever is left over has a way on, or none exists"
assert way.people["sentence"].ne("").all() and way.people["way"].ne("").all()
assert curve.table["proven"].all() and curve.table["recommended"].sum() == 1
assert len(told) == len(proposed.pairing) and pages.is_file() and (pages.parent / "mail_merge.csv").is_file()
assert mended.proven and len(pulse.pairs) == len(rounds.running())
assert second_pairs and not first_pairs & second_pairs, "no pair meets twice"
assert leaver not in {*second.pairing.table["a"], *second.pairing.table["b"]}, "who left is left in peace"
assert (folder / "rounds.csv").read_bytes().startswith(kept), "the log is only added to"
if FOLDER == "../data/harbour":  # holds of Harbour; your own survey may say otherwise
    assert (way.left_over, way.number, way.proven) == (20, 5, True)

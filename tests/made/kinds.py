"""Organisations whose best kind of pairing is known, or that have none, for `pairing_kinds`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import hadamard

import peernet as pn

ITEMS = 12
CONTACTS = 6
FOUNDATION = ("mutual", "introduced", "unknown")
PATTERNS = hadamard(16)[1:6, :ITEMS]  # how outlooks lean on each item: one by type, one by stratum and type


def organisation(
    rng: np.random.Generator,
    people: int,
    *,
    best: str | None = None,
    aimed: float = 0.0,
    uneven: bool = False,
    missing: float = 0.03,
) -> tuple[pn.Survey, pd.DataFrame]:
    """A survey, and the group of everybody in both views.

    Without ``best`` there is no structure: experience, outlook and contacts have nothing to do with each other. With
    it there are two strata of experience and two types of outlook, and each stratum has its own shade of each type. Of
    everybody's contacts a share ``aimed`` is kept away from people of the other type and the same stratum (``"same"``)
    or the other stratum (``"different"``): a partner of that kind brings most, since nobody else says what they would.
    With ``"either"`` experience has nothing to do with anything, and people of the other type bring most.
    ``uneven``: some people name many, most name few.
    """
    stratum, kind = rng.permutation(np.arange(people) % 2), rng.permutation(np.arange(people) // 2 % 2)
    shade = 2 * stratum + kind if best != "either" else kind
    lean = np.outer(2 * kind - 1, PATTERNS[0]) + 1.2 * PATTERNS[1 + shade]
    outlook = _graded(lean * (best is not None) + rng.standard_normal((people, ITEMS)))
    outlook[rng.random(outlook.shape) < missing] = np.nan
    experience = _graded(3.0 * stratum[:, None] + rng.standard_normal((people, 3)))
    heard = _contacts(rng, stratum, kind, best, aimed, uneven=uneven)
    names = pd.Index([f"p{i:04}" for i in range(people)], name="person", dtype="str")
    columns = {f"experience_{v}": experience[:, v] for v in range(3)}
    columns |= {f"perspective_{v}": outlook[:, v] for v in range(ITEMS)}
    groups = pd.DataFrame({"experience": stratum + 1, "perspective": kind + 1}, index=names)
    return _survey(pd.DataFrame(columns, index=names), heard), groups


def _graded(latent: np.ndarray, levels: int = 5) -> np.ndarray:
    return np.ceil(pd.DataFrame(latent).rank(pct=True).to_numpy() * levels)


def _contacts(rng, stratum, kind, best, aimed, *, uneven):
    """Whom each person names: of ``aimed`` of them, nobody whom the best kind would bring."""
    people = len(stratum)
    number = np.clip(rng.geometric(1 / CONTACTS, people), 1, people // 3) if uneven else np.full(people, CONTACTS)
    named = []
    for person in range(people):
        others = np.flatnonzero(np.arange(people) != person)
        alike = stratum[others] == stratum[person]
        elsewhere = {"different": alike, "either": np.zeros(len(others), dtype=bool)}.get(str(best), ~alike)
        target = others[(kind[others] == kind[person]) | elsewhere]
        at_target = min(rng.binomial(number[person], aimed), len(target))
        chosen = {*rng.permutation(target)[:at_target], *rng.permutation(others)[: number[person] - at_target]}
        named += [(person, int(other)) for other in sorted(chosen)]
    return named


def _survey(answers: pd.DataFrame, named: list[tuple[int, int]]) -> pn.Survey:
    items = [pn.survey.Item(name, name.split("_")[0], "ordinal", low=1, high=5) for name in answers]
    codebook = pn.survey.Codebook(
        (pn.survey.Item("person", "person"), *items, pn.survey.Item("works_with", "tie", layer="works_with"))
    )
    people = answers.index
    rows = [(people[i], people[j], "works_with", 1.0, True) for i, j in named]
    nobody = pd.Series(pd.NA, index=people, dtype="str")
    facts = pd.DataFrame({"name": people, "team": nobody, "manager": nobody, "answered": True}, index=people)
    return pn.Survey(
        people=facts.join(answers),
        ties=pd.DataFrame(rows, columns=["ego", "alter", "layer", "rating", "asked"]),
        outcomes=pd.DataFrame(columns=["person", "wave", "measure", "value"]),
        codebook=codebook,
        issues=pd.DataFrame(columns=["severity", "item", "person", "problem", "done"]),
        answered={"works_with": frozenset(people)},
    )


def made(people=60, *, seed=0, experience=None, **how):
    survey, groups = organisation(np.random.default_rng(seed), people, **how)
    graph = pn.colleague_graph(survey)
    return pn.score_pairs(survey, graph, foundation=FOUNDATION, experience=experience), groups


def quick(scores, labels=None, **how):
    return pn.pairing_kinds(scores, labels, **({"splits": 2, "draws": 39, "bands": 2, "progress": False} | how))

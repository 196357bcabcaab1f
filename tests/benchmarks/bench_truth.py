"""What ways of pairing bring in truth: ``python tests/benchmarks/bench_truth.py --organisations 20 --people 40 240``.

For each world of `make_survey` and each way of pairing: the true gain (`pn.compare.true_gains`), as a share of the
most that any pairing within the same gates could bring, its mean over organisations and the standard error. All ways
pair the same organisations; ``--first`` sets seeds aside. A way is a function with a line in `WAYS`.

With ``--promises``: what pairs are promised, and what is expected of them, as a share of what they bring in truth, and
what they keep of the best gain at half and at double the scale.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

import peernet as pn
from peernet.compare.held_out import held_out_table, places_of
from peernet.compare.strategies import OWN, draw_new_pairs, draw_random_pairs, peernet_pairing
from peernet.compare.truth import true_scores
from peernet.datasets.synthetic import SyntheticSurvey
from peernet.datasets.worlds import WORLDS
from peernet.distance import average
from peernet.diversity.reach import reach_from
from peernet.pairing.objectives import EngineWeights, best_under_rules
from peernet.pairing.record import GivenPairs
from peernet.scores.pair_scores import PairScores

Way = Callable[[PairScores, PairScores, np.random.Generator], GivenPairs]  # of the scores and of the true ones
LOTS = 10  # drawn per organisation


def by_gain(scores: PairScores, _true: PairScores, _rng: np.random.Generator) -> GivenPairs:
    """What `pair_people` proposes where gains rest on the answers as given."""
    return best_under_rules(scores)[1]


def by_adjusted_outlook(scores: PairScores, _true: PairScores, _rng: np.random.Generator) -> GivenPairs:
    """What `pair_people` proposes where gains rest on the adjusted outlook."""
    return best_under_rules(pn.score_pairs(scores.survey, pn.colleague_graph(scores.survey)))[1]


def by_lot(scores: PairScores, _true: PairScores, rng: np.random.Generator) -> GivenPairs:
    """By lot within the gates."""
    return next(draw_random_pairs(scores, 1, within_gates=True, rng=rng))


def new_by_lot(scores: PairScores, _true: PairScores, rng: np.random.Generator) -> GivenPairs:
    """As many pairs as possible within the gates, by lot among people who do not hear each other yet."""
    return next(draw_new_pairs(scores, 1, rng=rng))


def by_distance(scores: PairScores, _true: PairScores, _rng: np.random.Generator) -> GivenPairs:
    """The most different outlooks within the gates, whom people hear already left out of account."""
    apart = EngineWeights(scores, "perspective", positive=True)
    return apart.named(apart.best().pairs)


def by_true_distance(scores: PairScores, true: PairScores, _rng: np.random.Generator) -> GivenPairs:
    """The largest total gain with true distances, and contacts as answered: how much is lost in the answers."""
    reach = reach_from(true.reach.distances, true.reach.scale, scores.reach.heard)
    return best_under_rules(replace(scores, reach=reach))[1]


def by_true_contact(scores: PairScores, true: PairScores, _rng: np.random.Generator) -> GivenPairs:
    """The largest total gain with distances as answered, and the contacts that are there."""
    known = np.isin(np.arange(len(scores)), scores.reach.known)
    heard = [members[known[members]] if known[k] else members[:0] for k, members in enumerate(true.reach.heard)]
    return best_under_rules(replace(scores, reach=reach_from(scores.perspective, scores.reach.scale, heard)))[1]


WAYS: Mapping[str, Way] = {
    "answers": by_gain,
    "adjusted": by_adjusted_outlook,
    "lots": by_lot,
    "new by lot": new_by_lot,
    "distance": by_distance,
    "true distances": by_true_distance,
    "true contacts": by_true_contact,
}


def organisation(world: str, people: int, seed: int) -> tuple[SyntheticSurvey, PairScores, PairScores]:
    """A survey of about so many respondents, its scores and the true ones."""
    made = pn.make_survey(
        people=round(people * 13 / 12), answered=people, teams=max(2, people // 10), world=world, rng=seed
    )
    survey = made.read()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), outlook="answers")
    return made, scores, true_scores(made, scores)


def promises(world: str, people: int, seed: int) -> dict[str, tuple[float, float]]:
    """By what pairs rest on, two gains: what is promised and what is brought, or what is kept and what could be had."""
    made, given, _ = organisation(world, people, seed)
    scores = pn.score_pairs(given.survey, pn.colleague_graph(given.survey))
    whole = average.BESIDE
    average.BESIDE = 1.0
    beside = pn.score_pairs(given.survey, pn.colleague_graph(given.survey))
    found = {"unread, all the way beside": _promised(made, beside, beside.unread)}
    average.BESIDE = whole
    found |= {"unread": _promised(made, scores, scores.unread)}
    found |= {"answers": _promised(made, given), "adjusted": _promised(made, scores)}
    promised, true = found["adjusted"]
    own, rng = {OWN: peernet_pairing}, np.random.default_rng(seed)
    share = held_out_table(scores, own, splits=3, rng=rng, progress=False).loc[OWN, "expected"]
    found |= {"expected": (float(share) * promised, true)}
    pairs = best_under_rules(scores)[1]
    for name, factor in {"half the scale": 0.5, "double the scale": 2.0}.items():
        other = scores.rescaled(factor * scores.settings["scale"])
        found[name] = total(other, pairs), total(other, best_under_rules(other)[1])
    return found


def _promised(made: SyntheticSurvey, scores: PairScores, people: pd.Index | None = None) -> tuple[float, float]:
    """Promised and true gain of the best pairs, or of those of some people."""
    pairs = [pair for pair in best_under_rules(scores)[1] if people is None or {*pair} & {*people}]
    return total(scores, pairs), total(true_scores(made, scores), pairs)


def promises_told(people: int, worlds: Sequence[str], seeds: Sequence[int]) -> str:
    """Ratios of the two over all organisations of a world, one row per world."""
    rows = {}
    for world in worlds:
        found = [promises(world, people, seed) for seed in seeds]
        sums = {name: np.sum([each[name] for each in found], axis=0) for name in found[0]}
        rows[world] = {name: f"{one / other:.3f}" if other > 0 else "" for name, (one, other) in sums.items()}
    return pd.DataFrame.from_dict(rows, orient="index").to_string()


def total(true: PairScores, pairs: GivenPairs) -> float:
    """True gain of pairs."""
    return float(true.combined(*true.gains(*places_of(true, list(pairs)))).sum())


def shares(world: str, people: int, seed: int, ways: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Share of the attainable true gain that each way brings in one organisation."""
    _, scores, true = organisation(world, people, seed)
    attainable = total(true, best_under_rules(true)[1])
    rng = np.random.default_rng(seed)
    for name in ways:
        drawn = LOTS if "lot" in name else 1
        yield name, float(np.mean([total(true, WAYS[name](scores, true, rng)) for _ in range(drawn)])) / attainable


def table(people: int, worlds: Sequence[str], seeds: Sequence[int], ways: Sequence[str]) -> pd.DataFrame:
    """One row per organisation and way: ``world``, ``seed``, ``way``, ``share``."""
    rows = [
        (world, seed, way, share)
        for world in worlds
        for seed in seeds
        for way, share in shares(world, people, seed, ways)
    ]
    return pd.DataFrame(rows, columns=["world", "seed", "way", "share"])


def told(found: pd.DataFrame, ways: Sequence[str]) -> str:
    """Means over organisations and their standard errors, one row per world, then what each way has over the first."""
    shares = found.pivot(index=["world", "seed"], columns="way", values="share")[list(ways)]
    ahead = shares.drop(columns=ways[0]).sub(shares[ways[0]], axis=0)
    parts = {"": shares, f" less {ways[0]}": ahead}
    cells = {name: _with_errors(part, found["world"].unique()).add_suffix(name) for name, part in parts.items()}
    return "\n\n".join(part.to_string() for part in cells.values() if part.shape[1])


def _with_errors(part: pd.DataFrame, worlds: Sequence[str]) -> pd.DataFrame:
    """Mean and standard error by world and over all worlds, organisations of every world together."""
    groups = [part.xs(world, level="world") for world in worlds]
    rows = {world: (group.mean(), group.sem()) for world, group in zip(worlds, groups, strict=True)}
    error = pd.concat([group.sem() ** 2 for group in groups], axis=1).sum(axis=1) ** 0.5 / len(groups)
    rows["mean of worlds"] = pd.concat([group.mean() for group in groups], axis=1).mean(axis=1), error
    return pd.DataFrame(
        {name: mean.map("{:.3f}".format) + " ± " + error.map("{:.3f}".format) for name, (mean, error) in rows.items()}
    ).T


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    list_of = partial(parser.add_argument, nargs="+")
    list_of("--people", type=int, default=[40, 240], help="respondents")
    list_of("--worlds", default=list(WORLDS), choices=WORLDS)
    list_of("--ways", default=list(WAYS), choices=WAYS)
    parser.add_argument("--organisations", type=int, default=5, help="of each world and size")
    parser.add_argument("--first", type=int, default=0, help="seed of the first organisation")
    parser.add_argument("--promises", action="store_true", help="what is promised, instead of shares")
    asked = parser.parse_args()
    for people in asked.people:
        seeds = range(asked.first, asked.first + asked.organisations)
        if asked.promises:
            print(f"\n{people} respondents, {asked.organisations} organisations")
            print(promises_told(people, asked.worlds, seeds))
            continue
        found = table(people, asked.worlds, seeds, asked.ways)
        print(f"\n{people} respondents, {asked.organisations} organisations, share of the attainable true gain")
        print(told(found, asked.ways))


if __name__ == "__main__":
    main()

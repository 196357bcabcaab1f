"""Time of a move in the explorer, with the message it answers: ``python tests/benchmarks/bench_explorer.py [5000]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from peernet.explorer.answers import answer
from peernet.explorer.what_if import WhatIf

LIMITS = {("slider", 260): 0.3, ("rule", 500): 0.1, ("rule", 5_000): 1.0}  # CPU seconds
MOST = 200_000  # bytes of a message
OFTEN = 5


def company(people: int) -> pn.Survey:
    """Harbour, or a made-up company of another size."""
    if people == 260:
        return pn.load_example()
    with TemporaryDirectory() as folder:
        pn.make_survey(people=people, answered=int(0.96 * people), teams=people // 11, rng=1).write(folder)
        return pn.read_survey(folder)


def asked(state: WhatIf, what: str, **more) -> tuple[float, int]:
    """CPU seconds of an answer, and how long it is."""
    start = process_time()
    message = json.dumps(answer(state, {"id": 1, "ask": what, **more}), allow_nan=False)
    return process_time() - start, len(message)


def moves(state: WhatIf) -> dict[str, list[tuple[str, dict]]]:
    """Dials turned, and rules by hand on pairs that are made."""
    place = state.bench.people.place
    places = [(place[a], place[b]) for a, b in state.pairing.pairs]
    by_hand = [
        rule
        for k in range(OFTEN)
        for rule in (
            ("forbid", dict(zip("ab", places[3 * k], strict=True))),
            ("lock", dict(zip("ab", places[3 * k + 1], strict=True))),
            ("leave out", {"a": places[3 * k + 2][0]}),
        )
    ]
    dials = [("set", {"changes": {"experience": round(0.3 + k / 100, 2)}}) for k in range(OFTEN)]
    others = [{"accept": ["mutual"]}, {"value": 0.5}, {"band": [0.1, 0.9]}, {"cardinality": "max"}, {"floor": 0.01}]
    return {
        "rule": by_hand,
        "slider": dials + [("set", {"changes": change}) for change in others],
        "fair": [("set", {"changes": {"objective": "fair"}})],
    }


def report(people: int) -> list[str]:
    """Times of one size, told; those above their limit are given back."""
    start = process_time()
    state = WhatIf(company(people))
    opening, length = asked(state, "open")
    print(f"{people:,} people: ready after {process_time() - start:.2f} s, opened in {opening:.2f} s, {length:,} bytes")
    late = []
    for kind, questions in moves(state).items():
        if kind == "fair" and people > 500:
            continue
        found = [asked(state, what, **more) for what, more in questions]
        seconds, longest = sorted(own for own, _ in found), max(length for _, length in found)
        middle = seconds[len(seconds) // 2]
        print(f"  {kind:7s} {len(found):3d} moves: {middle:.3f} s, at most {seconds[-1]:.3f} s, {longest:,} bytes")
        if middle > LIMITS.get((kind, people), middle) or longest > MOST:
            late.append(f"{kind} at {people:,} people: {middle:.3f} s, {longest:,} bytes")
    for what, more in {"standing": {"from": 0}, "repeat": {}, "prices": {}, "curve": {}, "help": {}}.items():
        seconds_of, length = asked(state, what, **more)
        print(f"  {what:8s} {seconds_of:.3f} s, {length:,} bytes")
    return late


def main() -> None:
    """Print the times; fail where they are above the limit."""
    WhatIf(company(260)).change(experience=0.4)  # compile
    sizes = [260, 500, *map(int, sys.argv[1:])]
    if late := [each for people in sizes for each in report(people)]:
        raise SystemExit("; ".join(late))


if __name__ == "__main__":
    main()

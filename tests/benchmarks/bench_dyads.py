"""Time and memory of the statistics of pairs: ``python tests/benchmarks/bench_dyads.py [apim ...]``."""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from peernet.dyads.apim import SIDES
from peernet.dyads.pair_gls import pair_gls
from tests.made.couples import world


def apim() -> None:
    """Actor and partner effects of 500 pairs against interlace-lme (where installed): best of five, CPU seconds.

    Its models: errors with compound symmetry, the one in which a correlation may be negative as here; kinds with a
    variance each; and a random intercept, which knows positive correlations only. ``pair_gls`` is the fit without
    tables, checks and sentence.
    """
    pairs, times_faster = 500, 50
    table = world("normal", pairs, np.random.default_rng(0), actor=0.3, partner=0.2)
    table = table.assign(role_a="first", role_b="second")
    own, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()

    def best(work: object) -> float:
        seconds = []
        for _ in range(5):
            start = process_time()
            work()  # type: ignore[operator]
            seconds.append(process_time() - start)
        return min(seconds)

    def only_fit() -> None:
        columns = np.stack([np.ones_like(own), own, own[:, ::-1]], axis=2)
        pair_gls(np.einsum("st,pti->psi", SIDES, columns), y @ SIDES, correlated=False, method="REML")

    ours = best(lambda: pn.dyads.fit_apim(table, "y", ["x"]))
    by_kind = best(lambda: pn.dyads.fit_apim(table, "y", ["x"], distinguished_by="role"))
    fit = best(lambda: [only_fit() for _ in range(20)]) / 20
    print(f"fit_apim {1e3 * ours:.1f} ms, two kinds {1e3 * by_kind:.1f} ms, pair_gls {1e3 * fit:.2f} ms")
    if not find_spec("interlace"):
        print("Not held against interlace-lme: it is not installed here.")
        return
    import interlace

    print(f"interlace-lme {version('interlace-lme')}")

    people = pd.DataFrame({"pair": np.repeat(np.arange(pairs), 2).astype(str), "y": y.ravel(), "own": own.ravel()})
    people = people.assign(partner=own[:, ::-1].ravel(), member=np.tile([0.0, 1.0], pairs))
    people = people.assign(first=1 - people["member"], second=people["member"], role=np.tile(["f", "s"], pairs))
    effects, by_role = "y ~ own + partner", "y ~ role + role:own + role:partner"
    symmetry = interlace.CompoundSymmetry("member")
    theirs = {
        "compound symmetry": (ours, lambda: interlace.fit(effects, people, groups="pair", correlation=symmetry)),
        "two kinds": (by_kind, lambda: interlace.fit(by_role, people, random=["(0 + first + second | pair)"])),
        "random intercept": (ours, lambda: interlace.fit(effects, people, groups="pair")),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (mine, work) in theirs.items():
            taken = best(work)
            print(f"interlace-lme, {name}: {1e3 * taken:.0f} ms, {taken / mine:.0f} times fit_apim")
            if name == "compound symmetry" and taken < times_faster * mine:
                raise SystemExit(f"The same model must take interlace-lme {times_faster} times as long.")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["apim"]:
        {"apim": apim}[name]()

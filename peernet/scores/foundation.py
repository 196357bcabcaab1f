"""What a pairing can rest on: trust that is mutual, a colleague who can introduce, or not known.

Whatever a state means is said once, in `STATES`; which outweighs which, in `Foundation.states`. Gates, reasons, tables,
`why`, the frontier, the foundation curve and the report derive their words and numbers from these two. Which states are
accepted unasked is the default of `score_pairs`. It is laid from the colleague graph alone; who may introduce two
people is `Foundation.vouching`, which `states` and `introducers` read and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet.errors import SettingError, check_choice, check_type, checked_pairs, is_number, is_whole
from peernet.graph.colleagues import (
    MISSING,
    check_at_least,
    layer_matrices,
    pairs_matrix,
    threshold,
    treated,
    unsaid,
    who_answered,
    who_is_complete,
)
from peernet.scores.cells import Look, PairsAt, RowsOf, Where, look

Mask = sparse.csr_array
PAIRS_AT_ONCE = 500_000


@dataclass(frozen=True)
class FoundationState:
    """A state of a pair's foundation, and what it means wherever pairs are judged or told of."""

    name: str  # what settings and tables call it
    closeness: float  # how near it comes to mutual trust, from 0 to 1; above 0 the pair is founded
    reason: str  # why a pair in this state is not possible where the programme does not accept it
    # whether a programme may accept it; no gate opened for one pair lets a state pass that it may not
    can_be_accepted: bool
    passes: str  # what the gate asks for where it is accepted, in words
    rests_on: str  # what one pair rests on, in a few words; with {introducer}, who can introduce them, the pair has one

    @property
    def founded(self) -> bool:
        """Whether the pair has something to rest on."""
        return self.closeness > 0

    @property
    def has_introducer(self) -> bool:
        """Whether a colleague introduces the two, and is named beside them."""
        return "{introducer}" in self.rests_on


UNKNOWN = FoundationState(
    name="unknown",
    closeness=0.0,
    reason="foundation unknown",
    can_be_accepted=True,
    passes="nothing is known",
    rests_on="not known",
)
MUTUAL = FoundationState(
    name="mutual",
    closeness=1.0,
    reason="foundation not accepted",
    can_be_accepted=True,
    passes="both named each other",
    rests_on="naming each other",
)
INTRODUCED = FoundationState(
    name="introduced",
    closeness=0.5,
    reason="foundation not accepted",
    can_be_accepted=True,
    passes="a colleague both trust can introduce them",
    rests_on="introduction by {introducer}",
)
REFUSED = FoundationState(
    name="refused",
    closeness=0.0,
    reason="foundation refused",
    can_be_accepted=False,
    passes="",
    rests_on=UNKNOWN.rests_on,  # nobody is to learn of a refusal
)
STATES = (UNKNOWN, MUTUAL, INTRODUCED, REFUSED)  # matrices hold positions in this tuple
FOUNDED = tuple(state for state in STATES if state.founded)
BY_INTRODUCER = tuple(state.name for state in STATES if state.has_introducer)
STATE_CALLED = {state.name: state for state in STATES}


@dataclass(frozen=True)
class Foundation:
    """Foundation of every pair, held as sparse matrices of people by people."""

    mutual: Mask  # both named the other on every foundation layer, or on as many as needed
    refused: Mask  # on too many foundation layers someone who knows the other answered and did not name them
    vouching: Mask  # ratings of the mutual ties an introduction can rest on
    place: Ints  # everybody's place in the order of identifiers: of introducers equally trusted, the first is named

    def states(self, where: Where) -> Codes:
        """Index into `STATES` for each pair of a list, or for some rows against everyone, int8."""
        at = look(where, len(self.place))
        found = np.full(at.shape, STATES.index(UNKNOWN), dtype=np.int8)
        # A refusal outweighs an introducer; mutual trust on as many layers as needed outweighs both. A state that a
        # programme may accept stands before a refusal here, or accepting it would accept the refusal, and tell of it.
        found[self._share_a_colleague(at)] = STATES.index(INTRODUCED)
        for state, matrix in ((REFUSED, self.refused), (MUTUAL, self.mutual)):
            found[at.stored(matrix).astype(bool)] = STATES.index(state)
        return found

    @cached_property
    def linked(self) -> Mask:
        """1 for each tie that an introduction can rest on."""
        ties = sparse.csr_array(self.vouching.astype(bool).astype(np.int32))
        ties.sort_indices()
        return ties

    def _share_a_colleague(self, at: Look) -> Flags:
        """Whether somebody could introduce each two; kept for nobody, since one hub would make that a table of all."""
        if isinstance(at, RowsOf):
            return np.asarray((self.linked[at.rows] @ self.linked).toarray() > 0)
        found = np.zeros(at.shape, dtype=bool)
        for start in range(0, len(at), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            both = self.linked[at.firsts[some]].multiply(self.linked[at.seconds[some]])
            found[some] = both.sum(axis=1) > 0
        return found

    def within_reach(self, rows: Ints, accept: Collection[str]) -> Mask:
        """Pairs of the rows that could be in one of the accepted states, which need a tie or a shared colleague.

        Nobody else can: a pair that rests on neither is unknown, or refused.
        """
        ties = self.mutual[rows].astype(np.int32)
        return ties if INTRODUCED.name not in accept else sparse.csr_array(ties + self.linked[rows] @ self.linked)

    def introducers(self, a: int, b: int) -> Ints:
        """People who could introduce a and b, those with the strongest trust in both first, equals by identifier."""
        (people_a, trust_a), (people_b, trust_b) = (_row(self.vouching, person) for person in (a, b))
        both, in_a, in_b = np.intersect1d(people_a, people_b, assume_unique=True, return_indices=True)
        from_a, from_b = trust_a[in_a], trust_b[in_b]
        best = np.lexsort((self.place[both], -(from_a + from_b), -np.minimum(from_a, from_b)))
        return both[best]


def _row(matrix: Mask, row: int) -> tuple[Ints, Floats]:
    """Columns and values above 0 of one row of a matrix that holds each cell once."""
    cells = slice(matrix.indptr[row], matrix.indptr[row + 1])
    columns, values = matrix.indices[cells].astype(np.int64), matrix.data[cells].astype(np.float64)
    return columns[values > 0], values[values > 0]


def lay_foundation(
    graph: nx.MultiDiGraph[str],
    *,
    layers: Sequence[str] | None = None,
    at_least: float | None = None,
    dimensions: int | None = None,
    missing: str = "available",
    ratings: Mapping[str, Mask] | None = None,
) -> Foundation:
    """Foundation of every pair in the graph.

    Mutual: both named the other, rated ``at_least`` so much (by default the codebook's threshold), on every
    foundation layer, or on as many ``dimensions`` as are needed. Refused: they know each other (one named the other
    on any layer, or rated them on this) and on so many foundation layers that too few are left, the one who knows the
    other answered without naming them, or rated them lower. Whoever's list is incomplete (a name could not be read,
    the question was capped, somebody was not on the form) refused nobody by not naming them, and a rating that is not
    known is no refusal. Introduced: neither, and a colleague has a mutual tie of trust with both. Otherwise unknown,
    which is not distrust. ``missing`` says what people who did not answer say, as
    in `layer_statistics`. ``ratings`` stand in for the graph's own, as `layer_matrices` gives them.
    """
    check_choice("missing", missing, MISSING)
    if at_least is not None and not is_number(at_least):
        raise SettingError(f"at_least must be a rating, or None for the codebook's; got {at_least!r}.")
    foundation_layers = graph.graph["foundation"]
    layers = foundation_layers if layers is None else tuple(layers)
    check_at_least(graph, foundation_layers, at_least)
    n = len(graph)
    place = np.argsort(np.argsort(np.array(list(graph), dtype=object), kind="stable"))
    if not layers:
        empty = sparse.csr_array((n, n), dtype=bool)
        return Foundation(empty, empty, sparse.csr_array((n, n)), place)
    needed = _checked_dimensions(dimensions, layers)
    given = layer_matrices(graph) if ratings is None else ratings
    ratings = {layer: treated(matrix, who_answered(graph, layer), missing) for layer, matrix in given.items()}
    knows = _sum(matrix.astype(bool) for matrix in ratings.values())
    sent = {
        layer: _rated(ratings[layer], threshold(graph, layer) if at_least is None else at_least) for layer in layers
    }
    both = {layer: sparse.csr_array(matrix.multiply(matrix.T)) for layer, matrix in sent.items()}
    withheld = _sum(_withheld(graph, layer, knows, ratings[layer], sent[layer], missing) for layer in layers)
    mutual = sparse.csr_array(_sum(both.values()) >= needed)
    strength = _sum(matrix.minimum(matrix.T) for layer, matrix in ratings.items() if layer in layers)
    basis = both["trust"] if "trust" in layers else mutual.astype(float)
    return Foundation(
        mutual,
        sparse.csr_array(withheld > len(layers) - needed),
        sparse.csr_array(basis.multiply(strength)),
        place,
    )


def lowest_rating(graph: nx.MultiDiGraph[str]) -> float:
    """Lowest rating that is a tie on any foundation layer, as the codebook says."""
    return min((threshold(graph, layer) for layer in graph.graph["foundation"]), default=1.0)


def _checked_dimensions(dimensions: int | None, layers: Sequence[str]) -> int:
    if dimensions is None:
        return len(layers)
    if not is_whole(dimensions, 1, len(layers)):
        raise SettingError(
            f"dimensions must be from 1 to {len(layers)}, the number of foundation layers; got {dimensions!r}."
        )
    return dimensions


def _sum(matrices: Iterable[Mask]) -> Mask:
    return reduce(add, (matrix.astype(float) for matrix in matrices))


def _rated(ratings: Mask, least: float) -> Mask:
    """1 where somebody was named and rated at least so much."""
    sent = ratings.copy()
    sent.data = (sent.data >= least).astype(float)
    sent.eliminate_zeros()
    return sent


def _withheld(graph: nx.MultiDiGraph[str], layer: str, knows: Mask, ratings: Mask, sent: Mask, missing: str) -> Mask:
    """Pairs of which one knows the other, was asked about them, answered and did not name them; the same both ways."""
    low = pairs_matrix(graph, graph.graph.get("rated_low", {}).get(layer, ()))
    complete = sparse.diags_array(who_is_complete(graph, layer).astype(float))
    known = sparse.csr_array((complete @ knows + ratings.astype(bool).astype(float) + low) > 0).astype(float)
    if missing == "available":
        known = sparse.csr_array(sparse.diags_array(who_answered(graph, layer).astype(float)) @ known)
    unnamed = sparse.csr_array((known - known.multiply(sent) - known.multiply(unsaid(graph, layer))) > 0)
    return sparse.csr_array((unnamed + unnamed.T) > 0)


def pair_foundation(
    graph: nx.MultiDiGraph[str],
    pairs: Iterable[tuple[str, str]],
    *,
    at_least: float | None = None,
    dimensions: int | None = None,
    missing: str = "available",
) -> pd.DataFrame:
    """What each pair can rest on, per dimension and together, and who could introduce them.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    pairs
        Pairs of people.
    at_least
        Lowest rating that counts, by default the codebook's; where the codebook asks for more, that stands.
    dimensions
        On how many foundation layers a pair must trust, respect, ... each other; on all by default.
    missing
        What somebody who did not answer says: ``"available"`` nothing, so the foundation is unknown; ``"as_zero"``
        that they name nobody, so it is refused; ``"reconstruct"`` what the other says of them, so that people who did
        not answer can be paired on what others say, although some would not have returned it.

    Returns
    -------
    DataFrame
        One row per pair, in the order given: ``a``, ``b``, ``foundation`` (together), one column per foundation layer
        with the state on that layer alone, and ``introducers``, a tuple of the colleagues whom both trust, those
        with the strongest ties to both first and equals by identifier. A state is ``"mutual"``; ``"introduced"``, by a
        colleague who has a mutual tie with both; ``"refused"``, by somebody who knows the other; or ``"unknown"``.

    Raises
    ------
    UnknownPersonError
        If somebody is not in the graph.
    SettingError
        If the treatment is unknown, ``dimensions`` outside what there is, or ``at_least`` asks for ratings that the
        codebook says are no ties.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> table = pn.scores.pair_foundation(graph, [("U102", "U139"), ("U1", "U102")])
    >>> table[["a", "b", "foundation", "lunch"]]
          a     b foundation  lunch
    0  U102  U139     mutual mutual
    1    U1  U102    unknown unknown
    """
    check_type("graph", graph, nx.MultiDiGraph, "colleague_graph")
    sides = _positions(graph, pairs)
    together = lay_foundation(graph, at_least=at_least, dimensions=dimensions, missing=missing)
    names = list(graph)
    table = pd.DataFrame(
        {side: [names[i] for i in found] for side, found in zip("ab", sides, strict=True)}, dtype="str"
    )
    table["foundation"] = _state_names(together, sides)
    for layer in graph.graph["foundation"]:
        alone = lay_foundation(graph, layers=(layer,), at_least=at_least, missing=missing)
        table[layer] = _state_names(alone, sides)
    found = [tuple(names[k] for k in together.introducers(a, b)) for a, b in zip(*sides, strict=True)]
    table["introducers"] = pd.Series(found, dtype=object)
    return table


def _positions(graph: nx.MultiDiGraph[str], pairs: Iterable[tuple[str, str]]) -> tuple[Ints, Ints]:
    place = {person: i for i, person in enumerate(graph)}
    known = checked_pairs(pairs, place, "in the graph")
    a, b = np.array([(place[a], place[b]) for a, b in known], dtype=np.int64).reshape(-1, 2).T
    return a, b


def _state_names(foundation: Foundation, sides: tuple[Ints, Ints]) -> list[str]:
    return [STATES[code].name for code in foundation.states(PairsAt(*sides))]

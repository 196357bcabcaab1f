"""Whether all could ever come to think alike, and if not, why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peernet._wording import count_in_words, listed
from peernet.opinions.influence import Influence, closed_circles, period

__all__ = ["Consensus", "consensus_of"]

MOST_NAMED = 5


@dataclass(frozen=True)
class Consensus:
    """Whether a network of attention lets opinions become one, from wherever they start, if nobody holds on to theirs.

    It names people, and so is for the analyst and not for a shared report.

    Parameters
    ----------
    possible
        Whether there is a single closed circle and opinions settle in it.
    circles
        The closed circles: people who all hear each other, directly or through others, and nobody outside.
    listens_to_nobody
        People who hear only themselves; each is a circle of one. Somebody who did not answer whom they hear is among
        them unless others named them and the tie rule counts that.
    outside
        How many people stand outside every circle; they end somewhere between the circles they hear.
    periodic
        The circles in which opinions go round for ever, since nobody there listens to themselves.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.simulate_opinions(survey, pn.colleague_graph(survey), susceptibility=0.5).consensus
    <Consensus: possible; everybody hears everybody in the end>
    """

    possible: bool
    circles: tuple[tuple[str, ...], ...]
    listens_to_nobody: tuple[str, ...]
    outside: int
    periodic: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return f"<Consensus: {'possible' if self.possible else 'not possible'}; {self._why}>"

    @property
    def words(self) -> str:
        """What it means, in a sentence or two."""
        head, not_ = ("If", "") if self.possible else ("Even if", "not ")
        return f"{head} nobody held on to a first opinion, all could {not_}come to think alike: {self._why}."

    @property
    def _why(self) -> str:
        if self.periodic:
            return f"opinions go round for ever among {named(self.periodic[0])}, where nobody listens to themselves"
        if len(self.circles) > 1:
            return self._apart
        if not self.outside:
            return "everybody hears everybody in the end"
        if self.listens_to_nobody:
            return f"all end where {self.listens_to_nobody[0]}, who listens to nobody, stands"
        return f"all end where the {len(self.circles[0])} people of the only closed circle do"

    @property
    def _apart(self) -> str:
        alone = self.listens_to_nobody
        told = f"{count_in_words(len(self.circles), '', 'circles')} keep to themselves, {_sizes(self.circles)}"
        return told + (
            f"; {named(alone)} {'listens' if len(alone) == 1 else 'listen'} to nobody, by the answers" if alone else ""
        )


def _sizes(circles: Sequence[Sequence[str]]) -> str:
    sizes = sorted(map(len, circles), reverse=True)
    if sizes[0] == 1:
        return "each of one person"
    if len(sizes) > MOST_NAMED:
        return f"the largest of {sizes[0]:,} people"
    return f"of {listed([f'{size:,}' for size in sizes])} people"


def named(people: Sequence[str]) -> str:
    """The first few people by name, and how many more."""
    more = len(people) - MOST_NAMED
    return ", ".join(people[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def consensus_of(influence: Influence, people: Sequence[str]) -> Consensus:
    """What the closed circles of a network of attention allow."""
    found = closed_circles(influence)
    circles = tuple(tuple(people[i] for i in circle) for circle in found)
    periodic = tuple(names for names, circle in zip(circles, found, strict=True) if period(influence, circle) > 1)
    alone = tuple(circle[0] for circle in circles if len(circle) == 1)
    outside = len(people) - sum(map(len, circles))
    return Consensus(len(circles) == 1 and not periodic, circles, alone, outside, periodic)

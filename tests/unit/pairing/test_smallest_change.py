"""Only pairs whose opening can spare as many changes as it costs are looked at."""

import numpy as np
import pytest

from peernet.pairing.obstacles import Demands, fewest_changes, worth_opening


def demands(closed_gates, *, required=(), everyone=(), at_least=0, at_most=0):
    """Three people and all their pairs, 0 with 1, 0 with 2 and 1 with 2; every limit counts every pair."""
    sign = np.array([-1] * at_least + [1] * at_most, dtype=np.int64)
    return Demands(
        np.array([0, 0, 1]),
        np.array([1, 2, 2]),
        np.array(closed_gates),
        np.zeros(3, dtype=bool),
        np.ones(3, dtype=np.int64),
        np.ones(3, dtype=bool),
        tuple(required),
        np.ones((len(sign), 3), dtype=bool),
        sign,
        np.ones(len(sign), dtype=np.int64),
        np.array(everyone, dtype=np.int64),
        np.ones(len(everyone), dtype=bool),
    )


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, [(0, 1)]),
        ({"at_most": 1}, [(0, 1)]),
        ({"at_least": 1}, [(0, 1), (0, 2)]),
        ({"at_least": 2}, [(0, 1), (0, 2), (1, 2)]),
        ({"everyone": [1]}, [(0, 1)]),
        ({"everyone": [0]}, [(0, 1), (0, 2)]),
        ({"everyone": [1, 2]}, [(0, 1), (0, 2), (1, 2)]),
        ({"required": [(1, 2)]}, [(0, 1), (1, 2)]),
    ],
)
def test_a_pair_is_kept_where_it_is_open_or_could_spare_what_it_costs(wanted, kept):
    found = worth_opening(demands([0, 1, 2], **wanted))
    assert list(zip(found.i.tolist(), found.j.tolist(), strict=True)) == kept
    assert found.counts.shape[1] == len(found.closed_gates) == len(found.unfounded) == len(kept)


def test_pairs_that_are_not_looked_at_leave_the_fewest_changes_as_they_are():
    changes, least = fewest_changes(demands([3, 3, 3], everyone=[0, 1, 2]), time_limit=10.0)
    assert sorted(change.kind for change in changes) == ["rest"] * 3
    assert least == 3

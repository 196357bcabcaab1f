"""What changes between two pairings, and what of it hangs together with some people."""

from peernet.pairing.record import difference, difference_around, moves, partners_of


def test_pairs_given_up_and_made_are_told_apart():
    assert difference([("a", "b"), ("c", "d")], [("a", "c"), ("c", "d")]) == ([("a", "b")], [("a", "c")])


def test_changes_that_touch_nobody_near_are_left_out():
    before = [("a", "b"), ("c", "d"), ("p", "q"), ("r", "s")]
    after = [("a", "c"), ("b", "d"), ("p", "r"), ("q", "s")]
    lost, made = difference_around(["a"], before, after)
    assert (lost, made) == ([("a", "b"), ("c", "d")], [("a", "c"), ("b", "d")])


def test_changes_hang_together_along_a_chain():
    before, after = [("a", "b"), ("c", "d"), ("e", "f")], [("b", "c"), ("d", "e")]
    assert difference_around(["f"], before, after) == difference(before, after)


def test_nothing_changes_around_somebody_who_keeps_their_partner():
    assert difference_around(["a"], [("a", "b"), ("c", "d")], [("a", "b"), ("d", "e")]) == ([], [])


def test_everybody_who_moves_is_told_with_all_partners():
    partners = partners_of([("a", "b"), ("a", "c"), ("d", "e")])
    assert moves(partners, [("a", "b")], [("a", "f")]) == [("a", "b, c", "c, f"), ("b", "a", ""), ("f", "", "a")]

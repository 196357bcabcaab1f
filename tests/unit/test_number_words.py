"""Small numbers are told in words."""

import pytest

from peernet._number_words import counted


@pytest.mark.parametrize(("k", "words"), [(0, "no groups"), (1, "one group"), (12, "twelve groups"), (13, "13 groups")])
def test_a_number_stands_with_its_noun(k, words):
    assert counted(k, "group", "groups") == words

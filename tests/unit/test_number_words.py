"""Small numbers are told in words."""

import pytest

from peernet._wording import count_in_words


@pytest.mark.parametrize(("k", "words"), [(0, "no groups"), (1, "one group"), (12, "twelve groups"), (13, "13 groups")])
def test_a_number_stands_with_its_noun(k, words):
    assert count_in_words(k, "group", "groups") == words

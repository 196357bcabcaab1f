"""A progress bar counts the steps and changes none."""

from peernet._progress import watched


def test_the_steps_are_the_same_with_and_without_a_bar(capsys):
    assert list(watched(range(3), "draws", shown=False)) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    assert list(watched(range(3), "draws", shown=True)) == [0, 1, 2]
    assert "draws" in capsys.readouterr().err

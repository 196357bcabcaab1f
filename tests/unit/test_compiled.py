"""Kernels that are compiled without counting references cannot make arrays, and say so when they are compiled."""

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from peernet._compiled import (
    UNCOUNTED,
    CompilationWatch,
    inlined,
    inner_kernel,
    kernel,
    kernel_no_arrays,
    summing_kernel,
)


def made(numbers):
    return numbers + 1.0


def raised(numbers):
    for i in range(len(numbers)):
        numbers[i] += 1.0


@pytest.mark.skipif(not UNCOUNTED, reason="numba counts references everywhere")
@pytest.mark.parametrize("how", [inner_kernel, kernel_no_arrays, summing_kernel])
def test_making_an_array_where_none_may_be_made_does_not_compile(how):
    compiled = how(made)

    @kernel
    def caller(numbers):
        return compiled(numbers).sum()

    with pytest.raises(TypingError, match="Only accept returning of array passed into the function as argument"):
        caller(np.zeros(3))


@pytest.mark.parametrize("how", [inner_kernel, inlined, kernel, kernel_no_arrays])
def test_every_way_of_compiling_gives_the_same(how):
    compiled = how(raised)

    @kernel
    def caller(numbers):
        compiled(numbers)

    numbers = np.arange(4.0)
    caller(numbers)
    np.testing.assert_array_equal(numbers, np.arange(1.0, 5.0))


def test_what_is_compiled_is_counted_with_what_it_calls_and_only_once():
    inside = inner_kernel(raised)

    @njit
    def caller(numbers):
        inside(numbers)

    with CompilationWatch() as watch:
        assert watch.kernels == 0
        caller(np.zeros(3))
        caller(np.zeros(3))
    assert watch.kernels == 1
    assert watch.seconds > 0
    caller(np.zeros((3, 3))[0].astype(np.float32))
    assert watch.kernels == 1

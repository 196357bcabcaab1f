"""Least squares for pairs does what writing everything out and searching does."""

import numpy as np
import pytest
from scipy.special import stdtr, stdtrit

from peernet.dyads.pair_gls import pair_gls
from peernet.errors import EstimationError
from tests.naive.pair_gls import added_by_weights, clustered, fit_by_search

TURN = np.array([[1, 1], [1, -1]]) / np.sqrt(2)


def pairs_of(seed, rho, pairs=14):
    rng = np.random.default_rng(seed)
    x, own = rng.standard_normal((2, pairs, 2))
    errors = rng.standard_normal((pairs, 2)) @ np.linalg.cholesky([[1, rho], [rho, 1]]).T
    columns = [np.ones((pairs, 2)), x, x[:, ::-1], own]
    return np.stack(columns, axis=2), 1 + 0.5 * x + own + errors


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.6])
def test_sums_and_differences_equal_a_search_over_members(rho):
    designs, outcomes = pairs_of(3, rho)
    fit = pair_gls(np.einsum("st,pti->psi", TURN, designs), outcomes @ TURN, correlated=False, method="REML")
    found, bread, searched = fit_by_search(designs, outcomes, kinds=False)
    assert fit.coefficients == pytest.approx(found, abs=1e-6)
    assert fit.covariance == pytest.approx(bread, rel=1e-4, abs=1e-7)
    sums, differences = np.diag(fit.variances)
    assert (sums - differences) / (sums + differences) == pytest.approx(searched, abs=1e-5)


@pytest.mark.parametrize("rho", [-0.8, 0.6])
def test_two_kinds_equal_a_search(rho):
    designs, outcomes = pairs_of(4, rho)
    own = np.zeros((len(designs), 2, 8))
    own[:, 0, :4], own[:, 1, 4:] = designs[:, 0], designs[:, 1]
    fit = pair_gls(own, outcomes, correlated=True, method="REML")
    found, bread, _ = fit_by_search(own, outcomes, kinds=True)
    assert fit.coefficients == pytest.approx(found, abs=1e-5)
    assert fit.covariance == pytest.approx(bread, rel=1e-3, abs=1e-5)


def test_robust_covariance_equals_the_one_written_out():
    designs, outcomes = pairs_of(5, 0.3)
    sides, ends = np.einsum("st,pti->psi", TURN, designs), outcomes @ TURN
    fit = pair_gls(sides, ends, correlated=False, method="REML", robust=True)
    found, covariance = clustered(sides, ends, fit.variances)
    added = added_by_weights(sides, fit.variances, fit.of_variances)
    assert fit.coefficients == pytest.approx(found, abs=1e-9)
    assert fit.covariance == pytest.approx(covariance + 2 * added, rel=1e-6, abs=1e-9)
    assert added[3, 3] > 1e-4, "a measure of one's own leans on both equations"


def test_estimated_variances_add_nothing_where_no_coefficient_stands_in_both_equations():
    designs, outcomes = pairs_of(5, 0.3)
    sides, ends = np.einsum("st,pti->psi", TURN, designs[:, :, :3]), outcomes @ TURN
    fit = pair_gls(sides, ends, correlated=False, method="REML", robust=True)
    assert fit.covariance == pytest.approx(clustered(sides, ends, fit.variances)[1], rel=1e-8, abs=1e-12)


def test_by_the_model_weights_that_are_estimated_take_degrees_of_freedom_and_leave_standard_errors():
    """Student's t is then as far out as with Satterthwaite's and the errors of Kenward and Roger."""
    designs, outcomes = pairs_of(5, 0.3, pairs=7)
    sides = np.einsum("st,pti->psi", TURN, designs)
    fit = pair_gls(sides, outcomes @ TURN, correlated=False, method="REML")
    added, root = added_by_weights(sides, fit.variances, fit.of_variances), np.linalg.cholesky(fit.variances)

    def variance(moved):
        white = np.einsum("st,pti->psi", np.linalg.inv(np.linalg.cholesky(fit.variances + moved)), sides)
        return np.linalg.inv(np.einsum("psi,psj->ij", white, white))[3, 3]

    steps = [1e-5 * root[0, 0] * np.diag(unit) for unit in np.eye(2)]
    slopes = np.array([(variance(step) - variance(-step)) / (2 * step.sum()) for step in steps])
    size = variance(0)
    satterthwaite = 2 * size**2 / (slopes @ fit.of_variances @ slopes)
    _, error, df = fit.contrast(np.eye(4)[3])
    assert error == pytest.approx(np.sqrt(size))
    assert df < satterthwaite - 0.1
    wider = np.sqrt(size + 2 * added[3, 3])
    assert stdtrit(df, 0.975) * error == pytest.approx(stdtrit(satterthwaite, 0.975) * wider, rel=1e-6)


@pytest.mark.parametrize("pairs", [6, 9])
def test_at_robust_degrees_of_freedom_a_twentieth_of_statistics_lies_beyond_the_point_of_students_t(pairs):
    """By drawing errors as the model has them; by two moments it would be 3 of a hundred for six pairs."""
    designs = pairs_of(6, 0.0, pairs=pairs)[0][:, :, :3]
    sides, rng = np.einsum("st,pti->psi", TURN, designs), np.random.default_rng(0)
    fit = pair_gls(sides, rng.standard_normal((pairs, 2)), correlated=False, method="REML", robust=True)
    root = np.linalg.cholesky(fit.variances)
    drawn = [clustered(sides, rng.standard_normal((pairs, 2)) @ root.T, fit.variances) for _ in range(4000)]
    statistic = np.array([found[1] / np.sqrt(covariance[1, 1]) for found, covariance in drawn])
    beyond = np.mean(2 * stdtr(fit.contrast(np.eye(3)[1])[2], -np.abs(statistic)) < 0.05)
    assert beyond == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


def test_without_shared_coefficients_the_variances_are_those_of_two_regressions():
    designs, outcomes = pairs_of(7, -0.5)
    sides, ends = np.einsum("st,pti->psi", TURN, designs[:, :, :3]), outcomes @ TURN
    fit = pair_gls(sides, ends, correlated=False, method="REML")
    left = [np.linalg.lstsq(sides[:, side], ends[:, side])[0] for side in (0, 1)]
    squares = [((ends[:, side] - sides[:, side] @ left[side]) ** 2).sum() for side in (0, 1)]
    assert np.diag(fit.variances) == pytest.approx([squares[0] / (14 - 2), squares[1] / (14 - 1)])
    assert [fit.variance_df(0), fit.variance_df(1)] == pytest.approx([12, 13])
    assert fit.contrast([0, 1, 1])[2] == pytest.approx(12)
    assert fit.contrast([0, 1, -1])[2] == pytest.approx(13)


def test_two_kinds_with_the_very_same_outcomes_are_refused_and_not_inverted():
    rng = np.random.default_rng(8)
    for _ in range(30):
        outcome = (rng.random(6) < 0.4).astype(float)
        designs, x = np.zeros((6, 2, 6)), rng.standard_normal((6, 2))
        designs[:, 0, :3] = designs[:, 1, 3:] = np.column_stack([np.ones(6), x])
        with pytest.raises(EstimationError, match="both members alike"):
            pair_gls(designs, np.stack([outcome, outcome], axis=1), correlated=True, method="REML")

#!/usr/bin/env bash
# What becomes of the p values of a QAP regression in which one relation stands twice, once in other units.
#
# R's sna 2.7-1  netlm gives the second of the two no coefficient, as least squares does, and says no more. But of the
#                first, whose coefficient is as before, the p value goes from 0 to 1 (999 draws, double semi-partialling):
#                each draw is a regression in which its copy takes its place. A relation beside them keeps its own.
#
# Needs R with sna, which is not on PyPI. Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
Rscript --vanilla - <<'R'
suppressMessages(library(sna))
print(packageVersion("sna"))
set.seed(3)
people <- 20
x <- matrix(rnorm(people^2), people)
other <- matrix(rnorm(people^2), people)
y <- 0.3 * x + matrix(rnorm(people^2), people)
once <- netlm(y, list(x, other), nullhyp = "qapspp", reps = 999)
twice <- netlm(y, list(x, 2 * x, other), nullhyp = "qapspp", reps = 999)
print(rbind(coefficient = round(once$coefficients, 3), p = round(once$pgreqabs, 3)))
print(rbind(coefficient = round(twice$coefficients, 3), p = round(twice$pgreqabs, 3)))
same <- isTRUE(all.equal(once$coefficients[2], twice$coefficients[2]))
quit(status = !(same && is.na(twice$coefficients[3]) && once$pgreqabs[2] < 0.01 && twice$pgreqabs[2] > 0.99))
R

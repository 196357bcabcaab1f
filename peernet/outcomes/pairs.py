"""Pairs of a survey with the outcomes of their members, however the pairs came about."""

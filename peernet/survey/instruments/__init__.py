"""A questionnaire to start from: one instrument, written for the tools that organisations survey with."""

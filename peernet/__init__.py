"""Peer mentoring pairs that bring the most diversity of thought, on a foundation of trust.

The day in order, each step a function at the top: `read_survey`, `colleague_graph`, `cluster_people`, `score_pairs`,
`pair_people`, `exposure`, `compare_pairings`, `run_study`, `write_report`. Everything else stands under its room:

survey, graph, distance, clusters, diversity
    From files to people, ties, distances, groups, and the perspectives in everybody's reach.
scores, matching, pairing, meetings
    Which pairs may be made and what they bring; the exact engine; one round of pairs; rounds, trios and circles.
compare, opinions
    Whether it is any good, and what could happen next.
dyads, outcomes
    Statistics for pairs on arrays and frames; did the pairings do it, and could a study of this size tell.
programme
    What an organiser decides, and what follows: briefs, rounds, somebody who leaves.
plots, report, datasets
    Pictures, pages, and surveys to learn with.
errors, privacy, study
    What can be refused, what may leave the desk, and the whole analysis as one function.

Examples
--------
>>> import peernet as pn
>>> survey = pn.load_aarhus()
>>> survey
<Survey: 61 people, 61 answered, 1,240 ties in 5 layers, ...>
"""

from peernet._face import face as _face

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _face(__name__, __file__)

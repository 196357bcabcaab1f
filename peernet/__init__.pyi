# The day in order; everything else is under its room, see the __init__.pyi there.
# ask and read
from .survey.instruments.writing import write_questionnaire as write_questionnaire
from .survey.draft import draft_codebook as draft_codebook
from .survey.reading import read_survey as read_survey
from .datasets.examples import load_example as load_example
from .datasets.examples import load_aarhus as load_aarhus
from .datasets.synthetic import make_survey as make_survey
from .survey.survey import Survey as Survey

# graph
from .graph.colleagues import colleague_graph as colleague_graph

# views
from .clusters.people_clusters import cluster_people as cluster_people

# score
from .scores.scoring import score_pairs as score_pairs
from .scores.rules import Rule as Rule
from .scores.rules import Rules as Rules
from .scores.rules import read_rules as read_rules

# pair
from .pairing.pairing import pair_people as pair_people
from .pairing.pairing import Pairing as Pairing
from .pairing.obstacles import feasibility as feasibility
from .pairing.mentors import pair_mentors as pair_mentors
from .meetings.trios import pair_with_trios as pair_with_trios
from .meetings.rounds import plan_rounds as plan_rounds
from .meetings.circles import form_circles as form_circles
from .pairing.lottery import draw_pairing as draw_pairing

# judge
from .diversity.ledger import exposure as exposure
from .diversity.ledger import exposure_ledger as exposure_ledger
from .compare.comparison import compare_pairings as compare_pairings
from .compare.kinds import pairing_kinds as pairing_kinds
from .compare.stability import pairing_stability as pairing_stability
from .pairing.frontier import pairing_frontier as pairing_frontier
from .compare.sensitivity import gate_prices as gate_prices
from .opinions.scenario import simulate_opinions as simulate_opinions
from .opinions.comparison import compare_scenarios as compare_scenarios

# report
from .study import run_study as run_study
from .report.page import write_report as write_report
from .programme.briefing import briefs as briefs
from .explorer.opening import explore as explore

# errors
from .errors import PeernetError as PeernetError
from .errors import PeernetWarning as PeernetWarning

# rooms
from . import (
    clusters,
    compare,
    datasets,
    distance,
    diversity,
    dyads,
    errors,
    explorer,
    graph,
    matching,
    meetings,
    opinions,
    outcomes,
    pairing,
    plots,
    privacy,
    programme,
    report,
    scores,
    study,
    survey,
)

__version__: str
__all__ = [
    "write_questionnaire",
    "draft_codebook",
    "read_survey",
    "load_example",
    "load_aarhus",
    "make_survey",
    "Survey",
    "colleague_graph",
    "cluster_people",
    "score_pairs",
    "Rule",
    "Rules",
    "read_rules",
    "pair_people",
    "Pairing",
    "feasibility",
    "pair_mentors",
    "pair_with_trios",
    "plan_rounds",
    "form_circles",
    "draw_pairing",
    "exposure",
    "exposure_ledger",
    "compare_pairings",
    "pairing_kinds",
    "pairing_stability",
    "pairing_frontier",
    "gate_prices",
    "simulate_opinions",
    "compare_scenarios",
    "run_study",
    "write_report",
    "briefs",
    "explore",
    "PeernetError",
    "PeernetWarning",
    "clusters",
    "compare",
    "datasets",
    "distance",
    "diversity",
    "dyads",
    "errors",
    "explorer",
    "graph",
    "matching",
    "meetings",
    "opinions",
    "outcomes",
    "pairing",
    "plots",
    "privacy",
    "programme",
    "report",
    "scores",
    "study",
    "survey",
]

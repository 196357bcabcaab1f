from .scoring import score_pairs as score_pairs
from .pair_scores import PairScores as PairScores
from .foundation import pair_foundation as pair_foundation
from .rules import Rule as Rule
from .rules import Rules as Rules
from .rules import read_rules as read_rules

from .pairs import pairs_of as pairs_of
from .measures import outcome_measures as outcome_measures
from .two_waves import opinion_change as opinion_change
from .two_waves import OpinionChange as OpinionChange
from .two_waves import diversity_change as diversity_change
from .who_stayed import attrition as attrition

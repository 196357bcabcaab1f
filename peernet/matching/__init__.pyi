from .matching import max_weight_matching as max_weight_matching
from .matching import Matching as Matching
from .matching import verify_bound as verify_bound
from .certificate import Certificate as Certificate
from .resolver import Resolver as Resolver

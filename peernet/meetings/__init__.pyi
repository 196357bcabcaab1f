from .rounds import plan_rounds as plan_rounds
from .rounds import Rounds as Rounds
from .trios import pair_with_trios as pair_with_trios
from .trios import TrioPairing as TrioPairing
from .circles import form_circles as form_circles
from .circles import Circles as Circles

from .lots import ByLot as ByLot
from .randomization import RandomizationTest as RandomizationTest
from .randomization import randomization_test as randomization_test
from .balance import partner_balance as partner_balance
from .encouragement import EncouragementEffects as EncouragementEffects
from .encouragement import encouragement_effects as encouragement_effects
from .reweighting import Reweighted as Reweighted
from .reweighting import reweighted as reweighted

from .lots import ByLot as ByLot
from .randomization import RandomizationTest as RandomizationTest
from .randomization import randomization_test as randomization_test

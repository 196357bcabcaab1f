from .pairs import Dyads as Dyads
from .pairs import dyad_table as dyad_table
from .effects import Effects as Effects
from .qap import QapRegression as QapRegression
from .qap import qap_regression as qap_regression

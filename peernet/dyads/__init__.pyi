from .pairs import Dyads as Dyads
from .pairs import dyad_table as dyad_table
from .effects import Effects as Effects

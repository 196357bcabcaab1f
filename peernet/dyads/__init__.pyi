from .pairs import Dyads as Dyads
from .pairs import dyad_table as dyad_table
from .effects import Effects as Effects
from .likeness import partner_likeness as partner_likeness
from .mixing import kind_mixing as kind_mixing
from .mixing import KindMixing as KindMixing
from .change import before_after as before_after
from .change import BeforeAfter as BeforeAfter

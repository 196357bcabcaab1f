from .pairs import Dyads as Dyads
from .pairs import dyad_table as dyad_table
from .effects import Effects as Effects
from .members import fit_members as fit_members
from .members import MemberEffects as MemberEffects
from .members import fit_multiple_membership as fit_multiple_membership
from .members import MultipleMembership as MultipleMembership
from .shared_people import fit_pairs as fit_pairs

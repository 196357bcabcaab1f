from .settings import Settings as Settings
from .settings import read_settings as read_settings
from .rounds import read_rounds as read_rounds
from .rounds import RoundLog as RoundLog
from .proposing import next_round as next_round
from .proposing import NextRound as NextRound
from .replacing import replace_partner as replace_partner
from .replacing import Replacement as Replacement

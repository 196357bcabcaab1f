from .settings import Settings as Settings
from .settings import read_settings as read_settings
from .briefing import briefs as briefs
from .briefing import Briefs as Briefs
from .briefing import Brief as Brief
from .briefing import Shared as Shared
from .briefing import IntroducerNote as IntroducerNote
from .briefing import TeamNote as TeamNote

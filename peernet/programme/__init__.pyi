from .settings import Settings as Settings
from .settings import read_settings as read_settings

from .open_gates import GateCurve as GateCurve
from .open_gates import gate_curve as gate_curve
from .settings import Settings as Settings
from .settings import read_settings as read_settings
from .without_partner import WayOn as WayOn
from .without_partner import way_on as way_on

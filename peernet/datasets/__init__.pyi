from .examples import load_example as load_example
from .examples import load_aarhus as load_aarhus
from .synthetic import make_survey as make_survey
from .synthetic import SyntheticSurvey as SyntheticSurvey

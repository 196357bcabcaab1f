from .reading import read_survey as read_survey
from .survey import Survey as Survey
from .codebook import Codebook as Codebook
from .item import Item as Item
from .asked_back import unread_names as unread_names
from .codebook import read_codebook as read_codebook
from .quality import careless_respondents as careless_respondents
from .quality import missing_answers as missing_answers

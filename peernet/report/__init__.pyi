from .page import write_report as write_report
from .page import report_page as report_page
from .briefs import write_briefs as write_briefs
from .outcomes import write_outcomes as write_outcomes

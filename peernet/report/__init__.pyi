from .page import write_report as write_report
from .page import report_page as report_page

from .plan import StudyPlan as StudyPlan
from .plan import plan_study as plan_study

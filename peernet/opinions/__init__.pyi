from .scenario import simulate_opinions as simulate_opinions
from .scenario import OpinionScenario as OpinionScenario
from .comparison import compare_scenarios as compare_scenarios
from .comparison import ScenarioComparison as ScenarioComparison
from .models import friedkin_johnsen as friedkin_johnsen
from .models import bounded_confidence as bounded_confidence
from .models import repulsion as repulsion
from .influence import Consensus as Consensus

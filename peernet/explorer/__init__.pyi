from .opening import explore as explore
from .widget import Explorer as Explorer
from .what_if import WhatIf as WhatIf

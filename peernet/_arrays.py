"""Names for the arrays that pass between rooms."""

import numpy as np
import numpy.typing as npt

__all__ = ["Codes", "Flags", "Floats", "Integers"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

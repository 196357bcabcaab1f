from .pairs import Dyads as Dyads
from .pairs import dyad_table as dyad_table
from .effects import Effects as Effects
from .apim import Apim as Apim
from .apim import fit_apim as fit_apim
from .surface import ResponseSurface as ResponseSurface
from .surface import response_surface as response_surface

from .pairs import pairs_of as pairs_of

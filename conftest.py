"""Examples that need an optional package are run only where it is installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("stepmix") else ["peernet/_latent_classes.py"]

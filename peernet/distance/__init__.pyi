from .distances import person_distances as person_distances
from .distances import PersonDistances as PersonDistances
from .distances import gower_distances as gower_distances
from .coding import text_topics as text_topics
from .coding import TextTopics as TextTopics

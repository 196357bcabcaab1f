from .distances import person_distances as person_distances
from .distances import PersonDistances as PersonDistances
from .distances import gower_distances as gower_distances
from .topics import text_topics as text_topics
from .topics import TextTopics as TextTopics

"""Whether a mention that names a watch is about it: is this "apple" the company?"""

from listener.relevance.judge import DOUBTED, RELEVANT_FROM, Judge, Lesson, threshold_of
from listener.relevance.shape import Relevance

__all__ = ["DOUBTED", "RELEVANT_FROM", "Judge", "Lesson", "Relevance", "threshold_of"]

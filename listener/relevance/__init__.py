"""Whether a mention that names a watch is about it: is this "apple" the company?"""

from listener.relevance.judge import RELEVANT_FROM, Judge, Lesson, doubt_in_words, is_doubt, threshold_of
from listener.relevance.shape import Relevance

__all__ = ["RELEVANT_FROM", "Judge", "Lesson", "Relevance", "doubt_in_words", "is_doubt", "threshold_of"]

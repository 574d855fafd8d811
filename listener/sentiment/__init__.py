"""How a text feels: engines behind one protocol, and what has to be hidden from them first."""

from listener.sentiment.engine import UNSCORED, Engine, Score, Sentiment
from listener.sentiment.length import head_and_tail
from listener.sentiment.lexicon import LexiconError, read_lexicon
from listener.sentiment.mask import SOMEONE, mask
from listener.sentiment.mixed import Mixed
from listener.sentiment.vader import Vader

__all__ = [
    "SOMEONE",
    "UNSCORED",
    "Engine",
    "LexiconError",
    "Mixed",
    "Score",
    "Sentiment",
    "Vader",
    "head_and_tail",
    "mask",
    "read_lexicon",
]

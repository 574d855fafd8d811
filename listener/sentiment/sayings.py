"""What no learnt weight gets right: sayings that mean the opposite of their words, and emoji that stand alone.

“Couldn't be happier” is glad, “to die for” harms nobody, and few texts to learn from were 👍 and nothing else.
"""

from __future__ import annotations

import re

from listener.sentiment.mask import SOMEONE

# What a saying adds to the log-odds: enough to turn a word or two, not a whole text.
SAYING = 3.0
# What emoji add where nothing else is said.
ALONE = 5.0
_GLAD = """
to die for|(?:could|can)(?:n't|nt| not) be (?:happier|prouder|more pleased|more grateful|more impressed)
|(?:could|can)(?:n't|not|nt| not) (?:thank|praise|recommend)\\b[^.!?]{0,40}?\\b(?:enough|highly)
|(?:could|can)(?:n't|not|nt| not) fault
|not (?:too |so |half )?bad(?= at all|[.!,]|$)|no complaints|no drama|zero drama|never (?:disappoints?|misses)
|(?:never|not) had (?:a|any|one) (?:single )?(?:problem|issue|complaint)s?|not a single (?:problem|issue|complaint)
|kill(?:ing|ed|s) it|hats off|shout ?out to|(?:won't|wont|will not) (?:regret|be disappointed)|worth every penny
|(?:five|5) stars|10/10|rock solid|top notch|fair play to|chuffed|do yourself a favou?r|so satisfying
""".replace("\n", "")
_UNHAPPY = """
thanks for nothing|thank you for nothing|could(?:n't|nt| not) care less|used to be (?:good|great|better|nice|reliable)
|do better(?=$|[.!, ]+(?:$|@|someone))|leaves? a lot to be desired|what(?:'s|s| is) the point\\b
|how hard (?:can it be|is it) to|(?:zero|0|one|1) stars?\\b|falling apart
|no longer works?|(?:does|do|did)(?:n't|nt| not) (?:even )?work\\b|wo(?:n't|nt) (?:open|load|start)\\b|fell off hard
""".replace("\n", "")
_SAYING = re.compile(rf"\b(?:(?P<glad>{_GLAD})|(?P<unhappy>{_UNHAPPY}))")
# What each saying holds, lower case: to look for these is cheaper than for the sayings, and few texts hold one.
_HINTS = (
    "to die for", "be happier", "be prouder", "be more ", " enough", " highly", "fault", "not bad", "too bad", "so bad",
    "half bad", "no complaints", "o drama", "disappoint", "never misses", "had a", "had one", "not a single", "killing",
    "killed", "kills", "hats off", "shout", " regret", "every penny", " star", "10/10", "rock solid", "top notch",
    "fair play", "chuffed", "do yourself", "so satisfying", "for nothing", "care less", "used to be", "do better",
    "be desired", "the point", "how hard", "falling apart", "longer work", "t work", "t even work", "t open", "t load",
    "t start", "fell off",
)  # fmt: skip
# Signs as people rate them: Kralj Novak and others, Sentiment of Emojis (PLOS ONE 2015), the common ones clear of zero.
_KIND = frozenset("❤♥♡😍😘🥰😊☺😃😄😁😀🙂👍👏🙌👌💕💖💗💙💚💛💜🧡💯🔥🎉🥳😻🤩😎✨⭐🌟🏆🤗💪🙏😇")
_HARSH = frozenset("😡😠🤬👎😤😒🙄😞😔😩😫😖😣😕😐😑🤮🤢💩💔😢🤡🖕😾😭😷")


def sayings(text: str) -> list[tuple[str, float]]:
    """The sayings of a text, or its emoji where they are all there is, each with what it adds towards positive."""
    if not text.isascii() and (alone := _of_emoji(text)):
        return [alone]
    text = text.lower()
    if not any(map(text.__contains__, _HINTS)):
        return []
    found = _SAYING.finditer(text)
    return [(one.group(), SAYING if one.lastgroup == "glad" else -SAYING) for one in found]


def _of_emoji(text: str) -> tuple[str, float] | None:
    if any(map(str.isalnum, text.replace(SOMEONE, ""))):
        return None
    kind, harsh = ([sign for sign in text if sign in signs] for signs in (_KIND, _HARSH))
    if len(kind) == len(harsh):
        return None
    return (kind[0], ALONE) if len(kind) > len(harsh) else (harsh[0], -ALONE)

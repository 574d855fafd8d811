"""Queries and texts made at random from a few words that can meet, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from listener.mention import Mention
from tests.builders import a_mention, an_author

LEAVES = (
    "acme", "air", "late", "pie", '"acme air"', '"train late"', "plug*", "tra*", "#acme", "@acme", "$acm", 'raw:"C++"',
    'raw:"Acme"', "straße", "任天", "from:mia", "from:x:mia", "from:mia.test", "lang:en",
    "site:acme.com", "platform:x", "in:lamps",
    "is:reply", "is:addressed", "has:link", "has:question", "followers:>100", "likes:<=5",
)  # fmt: skip
WORDS = (
    "acme", "Acme", "ACME", "air", "late", "pie", "pies", "plug", "plugin", "train", "#acme", "#AcmeAir", "@acme",
    "@acmehelp", "$ACM", "C++", "c++", "STRASSE", "私は任天堂", "acme.com", "acme[.]com", "hxxps://shop.acme.com/x",
    "acme dot com", "acmeology", "it’s", "?", "@mia", "Acme's",
)  # fmt: skip
_NEARABLE = st.sampled_from(LEAVES[:14])


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda some: f"({' AND '.join(some)})"),
        several.map(lambda some: f"({' OR '.join(some)})"),
        several.map(" ".join).map("({})".format),
        parts.map(lambda one: f"(acme NOT {one})"),
        parts.map(lambda one: f"-{one}" if one[0] != "-" else one),
    )


def _near() -> st.SearchStrategy[str]:
    side = st.one_of(_NEARABLE, st.lists(_NEARABLE, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"))
    how = st.sampled_from(("NEAR/1", "NEAR/2", "NEAR/5", "NEAR/3f"))
    return st.tuples(side, how, side).map(lambda three: f"({' '.join(three)})")


queries = st.recursive(st.one_of(st.sampled_from(LEAVES), _near()), _joined, max_leaves=8)


@st.composite
def mentions(draw: st.DrawFn) -> Mention:
    """A mention of some of the words, by somebody, somewhere."""
    words = draw(st.lists(st.sampled_from(WORDS), max_size=10))
    text = "".join(word + draw(st.sampled_from((" ", " ", " ", ", ", ". ", "\n", "  "))) for word in words).strip()
    platform = draw(st.sampled_from(("x", "reddit", "bluesky", "plaza")))
    name = draw(st.sampled_from(("mia", "Mia", "otto")))
    author = an_author(f"{name}.test" if platform == "bluesky" else name, platform=platform)
    return a_mention(
        1,
        platform=platform,
        text=text,
        author=author,
        lang=draw(st.sampled_from((None, "en", "de"))),
        links=tuple(draw(st.lists(st.sampled_from(("https://www.acme.com/x", "https://else.example")), max_size=1))),
        in_reply_to=draw(st.sampled_from((None, "p9"))),
        to_us=draw(st.booleans()),
        likes=draw(st.sampled_from((None, 3, 50))),
        extra=draw(st.sampled_from(({}, {"community": "Lamps"}))) if platform in ("reddit", "plaza") else {},
    )


# Most of these name something to look for.
watchable = st.one_of(queries, queries.map("acme {}".format), queries.map("(acme OR late OR air OR plug*) {}".format))

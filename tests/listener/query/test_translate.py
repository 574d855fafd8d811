"""What a platform's own search is sent: in its language, short enough, and never less than the query wants."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings

from listener import sources
from listener.mention import Mention
from listener.query import QueryError, Subject, parse
from listener.query.ask import Sight
from listener.query.syntax import Native
from listener.query.translate import Translation, translated
from listener.sources.bluesky.stream import Named
from listener.watch import Watch
from tests.builders import a_mention
from tests.listener.query.queries import mentions, watchable
from tests.pace import took


def sent(platform: str, query: str = "", **watch: object) -> Translation:
    return translated(Watch("w", "topic", query=query, **watch), sources.syntax_of(platform))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("platform", "query", "searches"),
    [
        ("x", "acme", ["acme"]),
        ("x", "acme OR lamp", ["(acme OR lamp)"]),
        ("x", "acme (late OR lost) NOT pie", ["acme (late OR lost) -pie"]),
        ("x", 'acme -"apple pie" lang:en', ["acme lang:en"]),
        ("x", "acme -(pie OR juice) -(a b)", ["acme -pie -juice"]),
        ("x", '"acme air"', ['("acme air" OR acmeair)']),
        ("x", "acme NEAR/5 (late OR lost)", ["acme (late OR lost)"]),
        ("x", "acme plug*", ["acme"]),
        ("x", "acme is:reply has:link followers:>10", ["acme is:reply has:links"]),
        ("x", "site:acme.com", ['(url:"acme.com" OR "acme com" OR "acme dot com")']),
        ("x", "acme -from:spam -from:mia.bsky.social", ["acme -from:spam"]),
        ("x", "acme -has:link -is:reply", ["acme -is:reply"]),
        ("x", "acme platform:x", ["acme"]),
        ("x", "acme platform:reddit", []),
        ("x", "acme lang:he", ["acme"]),
        ("x", 'raw:"C++"', ['"C++"']),
        ("x", "@acme OR @acme.example OR #acme", ['(@acme OR "acme.example" OR #acme)']),
        ("reddit", "acme (late OR lost) NOT pie", ['"acme" AND ("late" OR "lost")']),
        ("reddit", "acme in:lamps -from:spam", ['"acme" AND subreddit:lamps AND NOT author:spam']),
        ("bluesky", "acme (late OR lost)", ["acme late", "acme lost"]),
        ("bluesky", "(acme OR lamp) from:mia.test", ["from:mia.test acme", "from:mia.test lamp"]),
        ("bluesky", 'acme OR "night train"', ["acme", '"night train"', "nighttrain"]),
        ("bluesky", "(acme OR lamp) (late OR lost)", ["acme late", "acme lost", "lamp late", "lamp lost"]),
        ("hackernews", "(acme OR lamp) refunded", ["acme", "lamp"]),
        ("hackernews", "refunded (Acme OR Lampco)", ["Acme", "Lampco"]),
        ("hackernews", 'acme NOT pie OR "night train"', ["acme", "night train"]),
        ("stackexchange", 'raw:"C++" OR site:acme.com', ["C++", "acme.com"]),
    ],
)
def test_a_query_is_sent_in_the_platforms_own_words(platform: str, query: str, searches: list[str]) -> None:
    assert list(sent(platform, query).sent) == searches


def test_what_is_not_sent_is_said_and_so_is_what_cannot_be_found() -> None:
    found = sent("x", 'acme NEAR/5 late NOT "apple pie"')
    assert found.filtered_here == ("the word “acme” within 5 words of the word “late”; not the phrase “apple pie”")
    assert "longer words" in sent("x", "plug*").missed
    assert "written by @mia" in sent("hackernews", "from:mia").missed
    assert sent("hackernews", "from:mia").sent == ()


@pytest.mark.parametrize("platform", ["x", "reddit", "bluesky", "hackernews"])
def test_names_are_asked_for_and_not_the_common_words_beside_them(platform: str) -> None:
    """Half of a platform speaks of what is late, and on X each post that is read is paid for."""
    found = sent(platform, "(Acme OR lamp*) NEAR/5 (late OR lost)")
    assert all("acme" in one.lower() or "lamp" in one for one in found.sent)
    assert "longer words" in found.missed
    assert sent("x", "(Acme OR lamp*) (late OR lost*)").sent == ("(Acme OR lamp)",)
    # What has only the beginning of a word for a name is found by the exact words beside it.
    assert sent(platform, "lamp* socket").missed == ""
    assert all("socket" in one for one in sent(platform, "lamp* socket").sent)


@pytest.mark.parametrize("platform", ["x", "reddit", "bluesky", "hackernews"])
@pytest.mark.parametrize(
    "query",
    ["late acme", "The acme", "Is acme down", "(late OR lost) acme", '"I hate" acme', "late NEAR/3 acme*",
     "😡 acme late", "acme* (late OR lost)", "late Acme*", 'lost "acme lamp"', "problem site:acme.com",
     'raw:"!!" late acme'],
)  # fmt: skip
def test_nobody_is_asked_for_what_half_the_world_says(platform: str, query: str) -> None:
    found = sent(platform, query)
    assert found.sent
    assert all("acme" in one.lower() for one in found.sent)


def test_terms_are_asked_as_they_always_were_so_that_their_cursors_hold() -> None:
    for platform in ("x", "reddit", "bluesky", "hackernews"):
        found = sent(platform, terms=("Acme", "Acme Air"), exclude=("pie",), handles=("acme",))
        assert found.sent == ("Acme", "Acme Air")
        assert not any(isinstance(one, Native) for one in found.sent)
        assert found.filtered_here == "not the word “pie”"


def test_terms_that_need_other_words_beside_them_are_asked_with_them() -> None:
    found = sent("x", terms=("Apple",), require=("mac", "iphone"), exclude=("pie",))
    assert found.sent == ("Apple (mac OR iphone) -pie",)
    # Where only a term can be asked for it is the name, not the common words beside it.
    assert sent("hackernews", query="apple OR Macs", require=("pie",)).sent == ("apple", "Macs")


@pytest.mark.parametrize("platform", ["x", "reddit", "bluesky"])
@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(f"brand{number}" for number in range(300)),
        f"acme ({' OR '.join(f'word{number}' for number in range(300))})",
        "acme " + " ".join(f"-word{number}" for number in range(1_000)),
        " ".join(f"word{number}" for number in range(1_000)),
        f"({' OR '.join(f'brand{n}' for n in range(90))}) ({' OR '.join(f'word{n}' for n in range(90))}) NOT pie",
        '"' + "a very long phrase " * 60 + '"',
    ],
)
def test_what_does_not_fit_is_several_searches_or_shorter_ones(platform: str, query: str) -> None:
    most = 512 - len(" -is:retweet") if platform == "x" else 512
    began = time.process_time()
    found = sent(platform, query)
    assert took(began) < 0.25
    assert found.sent
    assert not found.missed
    assert all(0 < len(one) <= most for one in found.sent)
    words = parse(query).root
    text = query.replace(" OR ", " ").replace("(", "").replace(")", "").replace('"', "")
    mention = a_mention(1, platform=platform, text=re.sub(r"-\w+", "", text), author=a_mention().author)
    if Sight(Subject.of(mention)).holds(words):
        assert any(finds(platform, one, mention) for one in found.sent)


@settings(deadline=None, max_examples=250)
@given(watchable, mentions())
def test_whatever_the_query_wants_the_platform_is_asked_for(text: str, mention: Mention) -> None:
    """A mention that matches is found by one of the searches, as the platform's documents say that it searches."""
    try:
        parse(text)
    except QueryError:
        return
    watch = Watch("w", "topic", query=text, exclude_authors=("x:otto",), exclude=("pies",))
    wanted = Sight(Subject.of(mention)).holds(parse(text).root) and not _excluded(mention)
    if not wanted or mention.platform not in ("x", "reddit", "bluesky"):
        return
    found = translated(watch, sources.syntax_of(mention.platform))
    assert found.missed or any(finds(mention.platform, one, mention) for one in found.sent), found
    if mention.platform == "bluesky" and "from:" not in text and "community" not in text and found.sent:
        assert Named(found.sent)(mention.text, mention.links)


def _excluded(mention: Mention) -> bool:
    return "pies" in mention.text or (mention.platform == "x" and mention.author.handle == "otto")


# A platform's search, as its documents describe it: words without case, accents and punctuation.

_PIECE = re.compile(r'\(|\)|-(?=\S)|[a-z]+:"[^"]*"|"[^"]*"|[^\s()]+')


def finds(platform: str, search: str, mention: Mention) -> bool:
    """Whether the search finds the mention there."""
    pieces = _PIECE.findall(search)
    holds = _either(pieces, platform, mention)
    assert not pieces, f"not understood: {pieces}"
    return holds


def _either(pieces: list[str], platform: str, mention: Mention) -> bool:
    holds = _both(pieces, platform, mention)
    while platform != "bluesky" and pieces and pieces[0] == "OR":
        pieces.pop(0)
        other = _both(pieces, platform, mention)
        holds = holds or other
    return holds


def _both(pieces: list[str], platform: str, mention: Mention) -> bool:
    holds = _one(pieces, platform, mention)
    while pieces and pieces[0] not in ("OR", ")"):
        if pieces[0] == "AND" and platform == "reddit":
            pieces.pop(0)
        other = _one(pieces, platform, mention)
        holds = holds and other
    return holds


def _one(pieces: list[str], platform: str, mention: Mention) -> bool:
    piece = pieces.pop(0)
    if piece == "(":
        holds = _either(pieces, platform, mention)
        assert pieces.pop(0) == ")"
        return holds
    if piece == "-" or (piece == "NOT" and platform == "reddit"):
        assert pieces[0] != "(", "a group may not be negated"
        return not _one(pieces, platform, mention)
    return _operator(piece, platform, mention)


def _operator(piece: str, platform: str, mention: Mention) -> bool:
    name, colon, value = piece.partition(":")
    value = value.strip('"')
    if colon and name in ("from", "author"):
        return mention.author.handle.lower() == value.lower()
    if colon and name == "lang":
        return mention.lang == value
    if colon and name == "subreddit":
        return mention.extra.get("community", "").lower() == value.lower()
    if colon and name in ("url", "site", "domain"):
        return any((urlsplit(link).hostname or "").endswith(value) for link in _links(mention))
    if piece == "is:reply":
        return mention.in_reply_to is not None
    if piece == "has:links":
        return bool(_links(mention))
    assert not colon, piece
    if piece[0] in "#@$" and platform != "reddit":
        return bool(re.search(rf"(?<!\w){re.escape(_bare(piece))}(?!\w)", _bare(mention.text)))
    return _in_row(_tokens(piece), _tokens(mention.text))


def _links(mention: Mention) -> list[str]:
    """X and Bluesky make links of bare hosts too."""
    return [*mention.links, *(f"https://{host}" for host in re.findall(r"[\w-]+\.com\b", mention.text))]


def _bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))


def _tokens(text: str) -> Sequence[str]:
    """Words; of a script without spaces its single signs."""
    return re.findall(r"[\u3040-\u9fff]|[^\W\u3040-\u9fff]+", _bare(text))


def _in_row(wanted: Sequence[str], words: Sequence[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(words[at : at + size] == wanted for at in range(len(words) - size + 1))

"""HTML to plain text: the words of a post as a person reads them, and the links in it whole."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from listener.html.tokens import attributes, tokens

BLOCKS = frozenset(
    ("p", "div", "blockquote", "pre", "ul", "ol", "dl", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "details")
)
LINES = frozenset(("br", "li", "tr", "dt", "dd", "summary"))
CELLS = frozenset(("td", "th"))
# Links that the platform itself made of a word: to a person's page, to a tag's.
OF_WORDS = frozenset(("mention", "mention-group", "hashtag", "hashtag-cooked", "tag"))
SPACE = re.compile("[ \t\r\n\f]+")  # what HTML folds into one space; a no-break space is the author's own
QUOTED = "> "
QUOTES_DEEP = 3  # quotes in quotes beyond this are quoted once more all together: each costs a pass
UNDESCRIBED = "enter image description here"  # what Stack Exchange's editor fills in
_EMOJI = re.compile(r":[\w+-]+:|[^\W\d_]|\W+")
_ONE_ADDRESS = re.compile(r"\S+\.\S+")


def read_html(markup: str) -> tuple[str, list[str]]:
    """The text, paragraphs apart by an empty line, and every link to elsewhere in it, in order.

    A link whose words are its own address, cut short or not, stands in the text as the whole address; one with words
    of its own keeps them. What is quoted, or shown of the page behind a link, was said by others: each of its lines
    begins with "> ". What a picture shows stands there as "[image: …]". Of tags that are unknown, unfinished or
    misplaced the words are kept. Linear in length.
    """
    reader = _Reader()
    for text, tag, name in tokens(markup):
        reader.hear(html.unescape(text))
        if name and not tag.startswith("</"):
            reader.open(name, tag)
        elif name:
            reader.close(name)
    return reader.all_words(), reader.links


def own_words(text: str) -> str:
    """A text that `read_html` gave, without what its author quotes."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))


class _Reader:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.links: list[str] = []
        self._href: str | None = None  # of the link we are in
        self._link_kinds: frozenset[str] = frozenset()
        self._shown: list[str] = []  # its words so far
        self._preformatted = 0
        self._around: list[list[str]] = []  # the words around each quote we are in
        self._too_deep = 0
        self._asides: list[str] = []
        self._furniture: tuple[str, int] | None = None  # the tag we pass over, and how many of its name are open

    def open(self, name: str, tag: str) -> None:
        """Go on into this element."""
        said = attributes(tag)
        kinds = frozenset(said.get("class", "").split())
        if self._passed_over(name, 1) or self._is_furniture(name, kinds):
            return
        if name == "a":
            self.end_link()
            self._href, self._link_kinds = _address(said), kinds
        elif name == "img":
            self._say(_picture(said.get("alt", ""), kinds))
        self._break(name)
        self._preformatted += name == "pre"
        if name == "aside":
            self._asides.append("onebox" if "onebox" in kinds else "quote" if "quote" in kinds else "")
        if name == "blockquote" or (name == "aside" and self._asides[-1] == "onebox"):
            self._begin_quote()

    def close(self, name: str) -> None:
        """Come out of this element."""
        if self._passed_over(name, -1):
            return
        if name == "a":
            self.end_link()
        if name == "blockquote" or (name == "aside" and self._asides and self._asides.pop() == "onebox"):
            self._end_quote()
        if name in BLOCKS:
            self._break(name)
        if name == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def hear(self, words: str) -> None:
        """Take down some words as they stand there."""
        if self._furniture:
            return
        if not self._preformatted:
            words = SPACE.sub(" ", words)
            if not self.words or self.words[-1].endswith((" ", "\n")):
                words = words.lstrip(" ") if not self._shown else words
        self._say(words)

    def end_link(self, *, cut: bool = False) -> None:
        """Write down the link we are in, if we are in one; `cut` says that its words broke off in the middle."""
        if self._href is None:
            return
        href, shown = self._href, "".join(self._shown)
        self._href, self._shown = None, []
        self.links.append(href)
        if "inline-onebox" in self._link_kinds:  # Discourse puts the page's title where its author put the address
            shown = f"[link: {_one_line(shown)}]"
        self._say(href if _is_address(shown, href, cut) else shown)

    def all_words(self) -> str:
        """All that was heard."""
        self.end_link(cut=True)
        self._too_deep = 0
        while self._around:
            self._end_quote()
        return _tidied(self.words)

    def _begin_quote(self) -> None:
        if len(self._around) >= QUOTES_DEEP:
            self._too_deep += 1
            return
        self.end_link()
        self._around.append(self.words)
        self.words = []

    def _end_quote(self) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif self._around:
            self.end_link()
            said, self.words = _tidied(self.words), self._around.pop()
            if said:
                lines = (f"{QUOTED}{line}".rstrip() for line in said.split("\n"))
                self.words.append("\n\n" + "\n".join(lines) + "\n\n")

    def _is_furniture(self, name: str, kinds: frozenset[str]) -> bool:
        """Whether nobody wrote this: Discourse's line over a quote, a page's site name, a picture's size in bytes."""
        aside = self._asides[-1] if self._asides else ""
        of_picture = "meta" in kinds and "lightbox" in self._link_kinds and self._href is not None
        if of_picture or (aside == "quote" and "title" in kinds) or (aside == "onebox" and name == "header"):
            self._furniture = (name, 1)
        return self._furniture is not None

    def _passed_over(self, name: str, step: int) -> bool:
        """Whether this tag still belongs to what we pass over, which ends with its own end or that of its aside."""
        if self._furniture is None or (name == "aside" and step < 0):
            self._furniture = None
            return False
        passed, depth = self._furniture
        depth += step if name == passed else 0
        self._furniture = (passed, depth) if depth else None
        return True

    def _break(self, name: str) -> None:
        if name in BLOCKS or name in LINES:
            self._say("\n\n" if name in BLOCKS else "\n")
        elif name in CELLS and self.words and not self.words[-1].endswith((" ", "\n")):
            self._say(" ")

    def _say(self, words: str) -> None:
        if words:
            (self.words if self._href is None else self._shown).append(words)


def _tidied(words: list[str]) -> str:
    lines = "\n".join(line.rstrip(" \t") for line in "".join(words).split("\n"))
    # The first line's indent is code's own: elsewhere white space at the beginning was never taken down.
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n").rstrip()


def _address(attributes: Mapping[str, str]) -> str | None:
    """Where a link leads, if it leads elsewhere by its author's choice."""
    href = attributes.get("href", "")
    made = OF_WORDS.intersection(f"{attributes.get('class', '')} {attributes.get('rel', '')}".split())
    return href if href.lower().startswith(("http://", "https://")) and not made else None


def _picture(alt: str, kinds: frozenset[str]) -> str:
    """What stands for a picture: an emoji is a word like any other, a photograph what it shows."""
    line = _one_line(alt)
    if "emoji" in kinds or _EMOJI.fullmatch(line):
        return line
    return f"[image: {line}]" if line and line != UNDESCRIBED else ""


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _is_address(shown: str, href: str, cut: bool) -> bool:
    """Whether a link's words are where it leads: "Go" leads to golang.org, and is a word all the same."""
    shown = shown.strip()
    looks_so = shown.casefold().startswith(("http://", "https://", "www.")) or (cut or shown.endswith(("…", "...")))
    if shown and not looks_so and not _ONE_ADDRESS.fullmatch(shown):
        return False
    return _bare(href).startswith(_bare(shown.rstrip("….")))


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?|^www\.", "", address.strip().casefold())

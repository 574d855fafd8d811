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
# Links that the platform itself made of a word: to a person's page, to a tag's.
OF_WORDS = frozenset(("mention", "mention-group", "hashtag", "hashtag-cooked", "tag"))
SPACE = re.compile("[ \t\r\n\f]+")  # what HTML folds into one space; a no-break space is the author's own


def read_html(markup: str) -> tuple[str, list[str]]:
    """The text, paragraphs apart by an empty line, and every link to elsewhere in it, in order.

    A link whose words are its own address, cut short or not, stands in the text as the whole address; one with words
    of its own keeps them. Of tags that are unknown, unfinished or misplaced the words are kept. Linear in length.
    """
    reader = _Reader()
    for text, tag, name in tokens(markup):
        reader.hear(html.unescape(text))
        if name and not tag.startswith("</"):
            reader.open(name, tag)
        elif name:
            reader.close(name)
    reader.end_link()
    lines = re.sub(r"[ \t]+\n", "\n", "".join(reader.words))
    return re.sub(r"\n{3,}", "\n\n", lines).strip(), reader.links


class _Reader:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.links: list[str] = []
        self._href: str | None = None  # of the link we are in
        self._shown: list[str] = []  # its words so far
        self._preformatted = 0

    def open(self, name: str, tag: str) -> None:
        if name == "a":
            self.end_link()
            self._href = _address(attributes(tag))
        elif name == "img":
            self._say(attributes(tag).get("alt", ""))
        self._break(name)
        self._preformatted += name == "pre"

    def close(self, name: str) -> None:
        if name == "a":
            self.end_link()
        if name in BLOCKS:
            self._break(name)
        if name == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def hear(self, words: str) -> None:
        if not self._preformatted:
            words = SPACE.sub(" ", words)
            if not self.words or self.words[-1].endswith((" ", "\n")):
                words = words.lstrip(" ") if not self._shown else words
        self._say(words)

    def end_link(self) -> None:
        """Write down the link we are in, if we are in one."""
        if self._href is None:
            return
        href, shown = self._href, "".join(self._shown)
        self._href, self._shown = None, []
        self.links.append(href)
        self._say(href if _is_address(shown, href) else shown)

    def _break(self, name: str) -> None:
        if name in BLOCKS or name in LINES:
            self._say("\n\n" if name in BLOCKS else "\n")

    def _say(self, words: str) -> None:
        if words:
            (self.words if self._href is None else self._shown).append(words)


def _address(attributes: Mapping[str, str]) -> str | None:
    """Where a link leads, if it leads elsewhere by its author's choice."""
    href = attributes.get("href", "")
    made = OF_WORDS.intersection(f"{attributes.get('class', '')} {attributes.get('rel', '')}".split())
    return href if href.lower().startswith(("http://", "https://")) and not made else None


def _is_address(shown: str, href: str) -> bool:
    return _bare(href).startswith(_bare(shown.strip().rstrip("….")))


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?|^www\.", "", address.strip().casefold())

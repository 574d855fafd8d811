"""HTML to plain text: the words as a person reads them, and the links in them whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    ("p", "div", "blockquote", "pre", "ul", "ol", "dl", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "details")
)
LINES = frozenset(("br", "li", "tr", "dt", "dd", "summary"))
# Links that the platform itself made of a word: to a person's page, to a tag's.
OF_WORDS = frozenset(("mention", "mention-group", "hashtag", "hashtag-cooked"))
SPACE = " \t\r\n\f"  # what HTML folds into one space; a no-break space is the author's own


def read_html(html: str) -> tuple[str, list[str]]:
    """The text, paragraphs apart by an empty line, and every link to elsewhere in it, in order.

    A link whose words are its own address, cut short or not, stands in the text as the whole address; one with words
    of its own keeps them. Of tags that are unknown, unfinished or misplaced the words are kept.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_link()
    text = re.sub(r"[ \t]+\n", "\n", "".join(reader.words))
    return re.sub(r"\n{3,}", "\n\n", text).strip(), reader.links


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._href: str | None = None  # of the link we are in
        self._shown: list[str] = []  # its words so far
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.end_link()
            self._href = _address(dict(attrs))
        elif tag == "img":
            self._say(dict(attrs).get("alt") or "")
        self._break(tag)
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        if tag in BLOCKS:
            self._break(tag)
        if tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def handle_data(self, data: str) -> None:
        if not self._preformatted:
            data = re.sub(f"[{SPACE}]+", " ", data)
            if not self.words or self.words[-1].endswith((" ", "\n")):
                data = data.lstrip(" ") if not self._shown else data
        self._say(data)

    def end_link(self) -> None:
        """Write down the link we are in, if we are in one."""
        if self._href is None:
            return
        href, shown = self._href, "".join(self._shown)
        self._href, self._shown = None, []
        self.links.append(href)
        self._say(href if _is_address(shown, href) else shown)

    def _break(self, tag: str) -> None:
        if tag in BLOCKS or tag in LINES:
            self._say("\n\n" if tag in BLOCKS else "\n")

    def _say(self, words: str) -> None:
        if words:
            (self.words if self._href is None else self._shown).append(words)


def _address(attrs: dict[str, str | None]) -> str | None:
    """Where a link leads, if it leads elsewhere by its author's choice."""
    href = (attrs.get("href") or "").strip()
    made = OF_WORDS.intersection((attrs.get("class") or "").split())
    return href if href.lower().startswith(("http://", "https://")) and not made else None


def _is_address(shown: str, href: str) -> bool:
    return _bare(href).startswith(_bare(shown.strip().rstrip("….")))


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?|^www\.", "", address.strip().casefold())

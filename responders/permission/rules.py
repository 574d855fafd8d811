"""The rules by which a mention may be answered, each with where it was read and when.

They change: this is the one place to change them. A source is an address where there is one, so that a person can read
on. "Second-hand" stands with what was not read on the platform's own pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Route = Literal["api", "by_hand", "listen_only", "do_not_contact"]


@dataclass(frozen=True, slots=True)
class Permission:
    """How a mention may be answered, by which rule, from where, as of which day.

    `own_words`: a person may answer, but nothing is drafted for them.
    """

    route: Route
    rule: str
    source: str
    dated: date
    own_words: bool = False

    @property
    def lets_answer(self) -> bool:
        """Whether anyone may answer, software or a person."""
        return self.route in ("api", "by_hand")


# Whoever it is and wherever they say it

OURSELVES = Permission(
    "do_not_contact", "This is our own post.", "settings.toml [[watches]] handles", date(2026, 11, 23)
)
ASKED_TO_STOP = Permission(
    "do_not_contact",
    "They are on the do-not-contact list: nothing is drafted or sent to them here. X asks every bot to honour an "
    "opt-out at once; we do so everywhere.",
    "docs.x.com/developer-guidelines",
    date(2026, 8, 22),
)
STAFF = Permission(
    "do_not_contact", "This is one of our own people.", "settings.toml [responders] staff", date(2026, 11, 23)
)
SAYS_BOT = Permission(
    "do_not_contact",
    "The account calls itself automated: nobody is there to be answered.",
    "the account's own profile on the platform",
    date(2026, 11, 23),
)
KNOWN_BOT = Permission(
    "do_not_contact",
    "This account is a known bot: nobody is there to be answered.",
    "settings.toml [responders] bots",
    date(2026, 11, 23),
)
OF_OTHERS = Permission(
    "listen_only",
    "They speak of someone else that we watch, not of us: not ours to join.",
    "settings.toml [[watches]] kind",
    date(2026, 11, 23),
)
OF_ANOTHER_NAME = Permission(
    "listen_only",
    "They name us, and probably mean something else: not ours to join, unless one of us says that it is about us.",
    "settings.toml [[watches]] relevance_from",
    date(2026, 11, 23),
)
ELSEWHERE = Permission(
    "by_hand",
    "Warmline has no way to post here: a person answers on the platform itself, and confirms it with the link.",
    "responders/publishers",
    date(2026, 11, 23),
)
PAGE = Permission(
    "by_hand",
    "This came as a link or a letter: a person opens the page, and answers there if that place lets them.",
    "the page's own rules",
    date(2026, 11, 23),
)

# One platform after the other

PLAZA = Permission("api", "The pretend network lets everyone answer.", "listener/plaza", date(2026, 11, 23))

_X_RULES = "docs.x.com/x-api/posts/manage-tweets/introduction"
X_SUMMONED = Permission(
    "api",
    "They mentioned us or quoted our post: X lets software send one reply to that, and no more.",
    _X_RULES,
    date(2026, 8, 22),
)
X_UNSUMMONED = Permission(
    "by_hand",
    "They did not mention us: X refuses replies by software that nobody asked for. A person may answer in the app.",
    _X_RULES,
    date(2026, 8, 22),
)

_REDDIT_RULES = "support.reddithelp.com/hc/articles/42728984563564"
REDDIT_ALLOWED = Permission(
    "api",
    "Reddit approved this use ({approved_on}), and r/{community} is on your list of subreddits that allow it.",
    _REDDIT_RULES,
    date(2026, 6, 30),
)
REDDIT_UNAPPROVED = Permission(
    "by_hand",
    "Reddit asks for its approval before software posts, and none is recorded (approved_on). A person may answer.",
    _REDDIT_RULES,
    date(2026, 6, 30),
)
REDDIT_NOT_LISTED = Permission(
    "by_hand",
    "Each subreddit has its own rules, many ban bots, and this one is not on your list. A person may answer.",
    _REDDIT_RULES,
    date(2026, 6, 30),
)

_BLUESKY_RULES = "docs.bsky.app/docs/starter-templates/bots"
BLUESKY_TAGGED = Permission(
    "api",
    "They tagged or answered us: Bluesky lets a bot interact where the user has tagged it.",
    _BLUESKY_RULES,
    date(2026, 4, 21),
)
BLUESKY_UNTAGGED = Permission(
    "by_hand",
    "They did not tag us: on Bluesky a bot may only interact when tagged. A person may answer in the app.",
    _BLUESKY_RULES,
    date(2026, 4, 21),
)

_MASTODON_RULES = "docs.joinmastodon.org, and your server's own rules (mas.to and others, second-hand)"
MASTODON_TAGGED = Permission(
    "api",
    "They mentioned or answered us, and do not say #nobot: servers let software answer where it was spoken to.",
    _MASTODON_RULES,
    date(2026, 7, 2),
)
# They chose who reads it, and we are among those: an answer as narrow as their post goes no further than they did.
MASTODON_PRIVATE = Permission(
    "api",
    "They wrote to us and not to everyone: the reply is posted with the same visibility as their post.",
    _MASTODON_RULES,
    date(2026, 7, 2),
)
MASTODON_UNTAGGED = Permission(
    "by_hand",
    "They did not mention us: servers ask software to speak only where it was spoken to. A person may answer.",
    _MASTODON_RULES,
    date(2026, 7, 2),
)
MASTODON_NOBOT = Permission(
    "by_hand",
    "Their profile says #nobot: software leaves them alone. A person may answer, as a person.",
    _MASTODON_RULES,
    date(2026, 7, 2),
)

HACKER_NEWS = Permission(
    "listen_only",
    "Hacker News is for conversation between humans: no generated or AI-edited comments, and no API to write.",
    "news.ycombinator.com/newsguidelines.html",
    date(2026, 3, 11),
)
STACK_EXCHANGE = Permission(
    "by_hand",
    "Stack Exchange takes no generated answers unless credited, and many of its sites none at all. Nothing is drafted: "
    "a person who knows the answer writes it in their own words, and says that they are one of us.",
    "meta.stackexchange.com/questions/396626",
    date(2024, 2, 22),
    own_words=True,
)
YOUTUBE = Permission(
    "by_hand",
    "YouTube takes repetitive comments for spam, and Warmline posts none there. A person may answer.",
    "support.google.com/youtube/answer/2801973 (second-hand)",
    date(2026, 11, 23),
)
FORUM_ADDRESSED = Permission(
    "api",
    "They addressed us: software may answer in a forum that has let it in, under an account that says what it is.",
    "the forum's own rules; an administrator gave the key",
    date(2026, 11, 23),
)
GITHUB_ADDRESSED = Permission(
    "api",
    "They addressed us: GitHub forbids bulk and inauthentic activity, not an answer to someone who asked.",
    "docs.github.com/site-policy/acceptable-use-policies/github-acceptable-use-policies",
    date(2026, 11, 23),
)
NOT_ADDRESSED = Permission(
    "by_hand",
    "They did not address us: software stays out of talk it was not asked into. A person may answer.",
    "Warmline's own rule",
    date(2026, 11, 23),
)

# Accounts that are software by design, with who says so.
BOTS = {
    "reddit:automoderator": "Reddit's own moderation bot (Reddit Help, second-hand)",
    "discourse:system": "the forum software itself (meta.discourse.org/t/369440)",
    "discourse:discobot": "the forum software's guide for newcomers (meta.discourse.org/t/369440)",
}

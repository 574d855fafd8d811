"""X: one summoned reply, posted by the account's own keys through tweepy. Whether we may is permission.py's to say.

X has no idempotency key. What became of a lost answer can only be learnt by looking through our own posts; and X
refuses the same words twice, so that a refusal may itself be the sign that an earlier attempt went out.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

import requests
from pydantic import Field

from listener import source
from listener.settings import Part, SettingsError, read_secret
from listener.sources.x.answers import HOSTS, ODD, Answers, NoAnswer, wait_of, words_of
from listener.sources.x.money import POST_WITH_LINK, SUMMONED_REPLY
from listener.sources.x.pages import listed
from listener.sources.x.posts import moment, newest_known, web_address, whole_text, word
from listener.web import parse_json, without_secrets
from responders.draft import Receipt
from responders.limits import limit_for
from responders.looking import CLOCKS_DIFFER
from responders.publisher import Order, Postponed, Refused, Revoked, TooLong, Unknown
from responders.wire import NOT_A_NO
from responders.wording import same_words
from responders.writing_session import WritingSession, never_sent

PLATFORM = "x"
LIMIT = limit_for(PLATFORM)
# The four keys of an app with "Read and write", made for the account that answers (OAuth 1.0a, which does not expire).
KEYS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")
# For about half a day X refuses to post the same words again (seen by others, not documented): look back that far.
DUPLICATES_LAST = timedelta(days=1)
# With the attempt itself and a question who we are, the calls of one attempt stay under three minutes.
MOST_PAGES = 4
FIELDS = "id,text,created_at,referenced_tweets,entities,note_tweet"

# What X answers with a 403, as others have met it in 2026 (docs/platforms.md); all but these are a no to this reply.
_DUPLICATE = re.compile(r"duplicate", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"your account (?:is|has been) (?:suspended|locked)|this account is (?:suspended|temporarily locked)"
    r"|oauth1 app permissions|client-not-enrolled",
    re.IGNORECASE,
)
_NAMED_FIRST = re.compile(r"\A(?:@\w{1,15}\s+)+")
_LINK = re.compile(
    r"(?<![@\w])(?:https?://|www\.)\S|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}(?![\w@])", re.IGNORECASE
)


class Settings(Part):
    """`[responders.publishers.x]`: the account that answers, by its handle.

    Its four keys come from WARMLINE_X_WRITE_API_KEY, …_API_SECRET, …_ACCESS_TOKEN and …_ACCESS_SECRET, or from
    `keys_file`, four lines such as `api_key = "…"`, which only its owner may read.
    """

    enabled: bool = True
    account: str = Field(pattern=r"^@?\w{1,15}$")
    base_url: str = "https://api.x.com"
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    keys_file: str | None = None


def connect(settings: Settings) -> X:
    """The way out; it has called nobody yet. Raises SettingsError where a key is missing."""
    keys = _read_keys(settings.keys_file)
    import tweepy

    # At DEBUG these write keys and signatures into the log.
    for name in ("tweepy", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    client = tweepy.Client(None, *(keys[name] for name in KEYS), return_type=requests.Response)
    session = WritingSession(settings.base_url, settings.timeout_s, instead_of=HOSTS)
    client.session.close()
    client.session = session
    return X(client, Answers(session, tweepy.TweepyException), session, settings.account.lstrip("@"), keys)


def price_of(text: str) -> float:
    """What posting this reply costs, in US dollars: $0.010 where we were summoned, $0.200 where it holds a link.

    X's price list (listener/sources/x/money.py) does not say which of the two holds for a summoned reply with a link;
    this is the dearer one. A name with a dot counts as a link, since X makes one of it.
    """
    return POST_WITH_LINK if _LINK.search(text) else SUMMONED_REPLY


@dataclass(frozen=True, slots=True)
class _Said:
    """A post of ours with the words we look for: whether it answers the person we answer, and is no other reply."""

    post_id: str
    answers_them: bool


class X:
    """X as a way out: one POST an attempt, and our own posts to look for what it may have left."""

    platform = PLATFORM
    limit = LIMIT.most

    def __init__(
        self, client: Any, answers: Answers, session: WritingSession, account: str, keys: Mapping[str, str]
    ) -> None:
        self._client = client
        self._session = session
        self._answers = answers
        self._host = session.host
        self._account = account
        self._secrets = tuple(keys.values())
        # An access token begins with the number of the account that it is for.
        number, dash, _ = keys["ACCESS_TOKEN"].partition("-")
        self._our_id = number if dash and number.isdecimal() else None

    def length(self, text: str) -> int:
        """X's weighted length: most scripts 1, CJK and emoji 2, a link 23."""
        return LIMIT.length(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as the protocol says."""
        if not LIMIT.holds(order.text):
            raise TooLong(f"{self.length(order.text)} weighted characters: X takes {self.limit}")
        if any("\ud800" <= char <= "\udfff" for char in order.text):
            raise Refused("the text holds half a character (a lone surrogate): edit it and approve again")
        try:
            with self._session.looking(order.last_look):
                answer = self._answers.to(
                    self._client.create_tweet, text=order.text, in_reply_to_tweet_id=newest_known(order.parent)
                )
        except NoAnswer as why:
            if why.__cause__ is not None and never_sent(why.__cause__):
                raise Postponed(f"could not connect to {self._host}: {why}") from why
            raise Unknown(f"{self._host} did not give a whole answer: {why}") from why
        post_id = _id_in(parse_json(answer.content))
        if not 200 <= answer.status_code < 300 or post_id is None:
            self._explain(answer, order)
        return Receipt(post_id, web_address(post_id, self._account))

    def find(self, order: Order) -> Receipt | None:
        """Our own reply to this very post with these very words; None if it is not there now.

        Looks a day back, since X would have refused these words again: an earlier attempt's is this reply, too.
        Raises Unknown where our posts can't be read, Revoked where our keys are refused.
        """
        found = next((post.post_id for post in self._same_words(order) if post.answers_them), None)
        return None if found is None else Receipt(found, web_address(found, self._account), how="found")

    def answered(self, order: Order) -> Receipt | None:
        """From a search of what we said in their conversation: $0.005 for each post it finds, nothing for none.

        One page, since every post read costs money, and our timeline since then could hold a hundred that have nothing
        to do with them. A recent search shows seven days, and not what X keeps out of its search. Raises as `find`.
        """
        where = f"conversation_id:{order.parent.thread_id}" if order.parent.thread_id else f"to:{_whom(order)}"
        query = f"from:{self._account} {where}"
        _, body = self._read(self._client.search_recent_tweets, query, max_results=100, tweet_fields=FIELDS)
        try:
            answers = [word(raw, "id") for raw in _listed(body) if _answers(raw, order)]
        except ODD as why:
            raise Unknown(f"our own posts on X are not as documented: {why!r:.200}") from why
        found = next((post_id for post_id in answers if post_id not in order.known), None)
        if found is None and (body.get("meta") or {}).get("next_token"):
            raise Unknown("more than a hundred posts of ours in this conversation: too many to look through")
        return None if found is None else Receipt(found, web_address(found, self._account), how="found")

    def probe(self) -> str:
        """Whose keys these are, and that they may write. Raises Revoked or Unknown."""
        answer, body = self._read(self._client.get_me)
        user = body.get("data")
        handle = user.get("username") if isinstance(user, dict) else None
        if not isinstance(handle, str):
            raise Unknown(f"{self._host} did not say whose keys these are")
        if handle.lower() != self._account.lower():
            raise Revoked(f"these keys are those of @{handle}, not of @{self._account}")
        if answer.headers.get("x-access-level") == "read":
            raise Revoked("these keys may only read: set the app to Read and write, and make its access token anew")
        return f"let in, as @{handle}"

    def close(self) -> None:
        """Let go of connections."""
        self._answers.close()

    def _explain(self, answer: Any, order: Order) -> NoReturn:
        """Raise what an answer that is no receipt means."""
        words = without_secrets(words_of(parse_json(answer.content)), self._secrets)
        said = f"{self._host} said {answer.status_code} {words}".rstrip()
        match answer.status_code:
            case 429:
                raise Postponed(said, wait_of(answer.headers))
            case 401:
                raise Revoked(said)
            case 402:
                raise Revoked(f"X's credits are used up: top them up at console.x.com ({words or 402})")
            case 403 if _ACCOUNT.search(answer.content.decode("utf-8", "replace")):
                raise Revoked(said)
            case 403 if _DUPLICATE.search(words):
                self._explain_duplicate(words, order)
            case status if 400 <= status < 500 and status not in NOT_A_NO:
                raise Refused(words or said)
            case _:
                raise Unknown(said)

    def _explain_duplicate(self, words: str, order: Order) -> NoReturn:
        """Tell what these words are a duplicate of: of this reply, of one to somebody else, or of what is not seen yet.

        Only the second is a no. The first was posted, and the third may be: an attempt of ours that X took, but does
        not list yet.
        """
        try:
            same = list(self._same_words(order))
        except (Unknown, Revoked) as why:
            raise Unknown(f"{words} Whether it is this reply could not be looked up: {why}") from why
        if any(post.answers_them for post in same):
            raise Unknown(f"{words} The same reply is there already")
        if not same:
            raise Unknown(f"{words} What it would repeat is not to be seen")
        raise Refused(f"{words} You said the same at {web_address(same[0].post_id, self._account)}: say it differently")

    def _same_words(self, order: Order) -> Iterator[_Said]:
        """Our posts of the last day that say what the order says. Raises Unknown or Revoked."""
        since = max(order.attempted_at - DUPLICATES_LAST, order.parent.posted_at - CLOCKS_DIFFER)
        wanted = _unnamed(order.text)
        try:
            for raw in self._posts_since(since):
                if moment(raw["created_at"]) >= since and same_words(_unnamed(whole_text(raw)[0]), wanted):
                    yield _Said(word(raw, "id"), _answers(raw, order) and word(raw, "id") not in order.known)
        except ODD as why:
            # What cannot be read might be ours: to say "not there" would be a guess.
            raise Unknown(f"our own posts on X are not as documented: {why!r:.200}") from why

    def _posts_since(self, since: datetime) -> Iterator[Any]:
        ours = self._our_id or self._ask_who_we_are()
        asked = {"max_results": 100, "start_time": since, "tweet_fields": FIELDS}
        for _ in range(MOST_PAGES):
            _, body = self._read(self._client.get_users_tweets, ours, **asked)
            yield from _listed(body)
            token = (body.get("meta") or {}).get("next_token")
            if not token:
                return
            asked["pagination_token"] = token
        raise Unknown(f"more than {MOST_PAGES * 100} posts of ours since {since:%d %b %H:%M}: too many to look through")

    def _ask_who_we_are(self) -> str:
        _, body = self._read(self._client.get_me)
        self._our_id = _id_in(body)
        if self._our_id is None:
            raise Unknown(f"{self._host} did not say whose keys these are")
        return self._our_id

    def _read(self, call: Callable[..., Any], *who: Any, **asked: Any) -> tuple[Any, dict[str, Any]]:
        """The answer to a question, and its JSON object. Raises Revoked or Unknown."""
        try:
            answer = self._answers.to(call, *who, user_auth=True, **asked)
        except NoAnswer as why:
            raise Unknown(f"{self._host} did not answer: {why}") from why
        body = parse_json(answer.content)
        said = f"{self._host} said {answer.status_code} {without_secrets(words_of(body), self._secrets)}".rstrip()
        if answer.status_code in (401, 402, 403):
            raise Revoked(said)
        if not 200 <= answer.status_code < 300 or not isinstance(body, dict):
            raise Unknown(said)
        return answer, body


def _read_keys(file: str | None) -> dict[str, str]:
    """The four keys by name. Raises SettingsError that says which is missing."""
    kept = _keys_in(file) if file is not None else {}
    keys = {}
    for name in KEYS:
        key = read_secret(f"WARMLINE_X_WRITE_{name}")
        keys[name] = key.get_secret_value() if key is not None else kept.get(name.lower(), "")
    if missing := [f"WARMLINE_X_WRITE_{name}" for name, key in keys.items() if not key]:
        raise SettingsError(f"x: set {', '.join(missing)}, or name a keys_file that holds them")
    return keys


def _keys_in(file: str) -> dict[str, str]:
    text = read_secret("WARMLINE_X_WRITE_KEYS", file, environ={})
    try:
        lines = tomllib.loads(text.get_secret_value() if text is not None else "")
    except tomllib.TOMLDecodeError:
        # TOML's own words would quote the line.
        raise SettingsError(f'{file} must hold four lines such as api_key = "…"') from None
    return {name: key for name, key in lines.items() if isinstance(key, str)}


def _id_in(body: Any) -> str | None:
    """The id of what an answer tells of; None where it tells of nothing."""
    told = body.get("data") if isinstance(body, dict) else None
    found = told.get("id") if isinstance(told, dict) else None
    return found if isinstance(found, str) and found else None


def _listed(body: Mapping[str, Any]) -> list[Any]:
    try:
        return listed(body)
    except source.SourceError as why:
        raise Unknown(str(why)) from why


def _answers(post: Mapping[str, Any], order: Order) -> bool:
    """Whether this post of ours answers the order's parent, in whichever of its versions."""
    parts = post.get("referenced_tweets") or ()
    theirs = {order.parent.post_id, newest_known(order.parent)}
    return any(part["type"] == "replied_to" and part["id"] in theirs for part in parts)


def _whom(order: Order) -> str:
    """Whom to search for: their handle, if it can be one of X's. Raises Unknown."""
    if not re.fullmatch(r"\w{1,15}", order.parent.author.handle):
        raise Unknown("whether it was answered cannot be searched for: it names no conversation and no author")
    return order.parent.author.handle


def _unnamed(text: str) -> str:
    """The text without the names of those answered, which X puts in front."""
    return _NAMED_FIRST.sub("", text.strip())

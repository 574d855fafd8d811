"""What publishers over a plain API have in common: one account, one token, a wire to post on and a web to look."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import Field

from listener.settings import Part, SettingsError, read_secret
from listener.source import NotFound
from listener.web import Judge, Web
from responders.draft import Receipt
from responders.looking import CLOCKS_DIFFER, afterwards, doubting
from responders.publisher import Order, Refused, TooLong
from responders.wire import Wire


class PlainSettings(Part):
    """What they take: the `account` that answers, and the token that speaks for it, by its variable or `token_file`."""

    enabled: bool = True
    base_url: str
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    account: str = Field(min_length=1)
    token_file: str | None = None

    @property
    def us(self) -> str:
        """Our account's name as names are compared: without the @, in lower case."""
        return self.account.lstrip("@").lower()

    def token(self, variable: str, what: str) -> str:
        """The token. Raises SettingsError, naming `what` it has to be, where there is none."""
        secret = read_secret(variable, self.token_file)
        if not secret:
            raise SettingsError(f"set {variable} to {what}, or name a file that holds it as token_file")
        return secret.get_secret_value()


class PlainPublisher(ABC):
    """A `Publisher`: one POST an attempt, and a look at what is there for what it may have left."""

    platform: str
    limit: int  # characters

    def __init__(self, settings: PlainSettings, headers: Mapping[str, str], judge: Judge | None = None) -> None:
        """`headers` show the token. Opens no connection yet."""
        self._wire = Wire(settings.base_url, settings.timeout_s, headers)
        self._web = Web(settings.base_url, settings.timeout_s, headers, judge=judge)
        self._settings = settings

    def length(self, text: str) -> int:
        """Characters."""
        return len(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as `Publisher` says."""
        if len(order.text) > self.limit:
            raise TooLong(f"{len(order.text)} characters; {self.platform} takes {self.limit}")
        with doubting(lambda: self.find(order)):
            return self._post(order)

    def find(self, order: Order) -> Receipt | None:
        """Our own post since the attempt, below theirs, with this very text. Raises Unknown or Revoked."""
        with afterwards():
            left = self._left_by(order, order.attempted_at - CLOCKS_DIFFER)
            return next((receipt for receipt in left if not _is_known(receipt, order)), None)

    def answered(self, order: Order) -> Receipt | None:
        """A reply of our own account below theirs that is not known, whatever its words. Raises Unknown or Revoked."""
        with afterwards():
            try:
                return next((one for one in self._answers_to(order) if not _is_known(one, order)), None)
            except (Refused, NotFound):
                return None  # where nothing is there can be no answer, and a reply will be refused

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
        self._web.close()

    @abstractmethod
    def _post(self, order: Order) -> Receipt:
        """The one POST."""

    @abstractmethod
    def _answers_to(self, order: Order) -> Iterator[Receipt]:
        """Receipts of what our account has said below theirs, whatever its words."""

    @abstractmethod
    def _left_by(self, order: Order, since: datetime) -> Iterator[Receipt]:
        """Receipts of what we posted since then, where the order says and in its very words."""


def _is_known(receipt: Receipt, order: Order) -> bool:
    """Whether this post is the receipt of a reply already, by its id or, where a person confirmed it, by its link."""
    return not order.known.isdisjoint((receipt.post_id, receipt.url))

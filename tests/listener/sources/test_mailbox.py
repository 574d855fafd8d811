"""Alert mails: what they say, against a scripted server on its bad days, and against a real Dovecot."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.archive.read import Reading
from listener.mention import Batch, Mention
from listener.poll import Poller
from listener.settings import SettingsError
from listener.source import Revoked, SourceError, Unavailable
from listener.sources.mailbox import Mailbox, Settings, connect
from listener.sources.mailbox.alerts import mentions_in, read_letter
from listener.sources.mailbox.source import MAIL_MOST, folder_name
from listener.web import trusted
from responders.office import Office
from tests.contract import SECRET, assert_quiet_import
from tests.servers.dovecot import PASSWORD, USER, Dovecot, running_dovecot, why_not
from tests.servers.imap_script import ImapScript, imap_script

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def mail(text: str = "", *, html: str = "", sender: str = "F5Bot <admin@f5bot.com>", **headers: str) -> bytes:
    letter = EmailMessage()
    letter["From"] = sender
    letter["Message-ID"] = f"<{next(_numbers)}@alerts.example>"
    letter["Date"] = "Fri, 20 Nov 2026 11:50:00 +0000"
    for name, value in {"Subject": "F5Bot found something: lantern", **headers}.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text or "see the other part")
    if html:
        letter.add_alternative(html, subtype="html")
    return bytes(letter)


def heard_in(raw: bytes) -> list[Mention]:
    return mentions_in(read_letter(raw, NOW), "mail:INBOX")


REDDIT = "https://f5bot.com/url?u=https%3A%2F%2Fwww.reddit.com%2Fr%2Flamps%2Fcomments%2F1abc%2Fc%2Fdef2%2F&i=1&h=2"
F5BOT = f"""F5Bot found something!

Keyword: "lantern"
  Reddit Comments (/r/lamps/): 'Which light for the pier?' by mara_k
    {REDDIT}

  Hacker News Comments: 'Lamps of the harbour' by sol
    https://f5bot.com/url?u=https%3A%2F%2Fnews.ycombinator.com%2Fitem%3Fid%3D4242&i=1&h=3

Keyword: "harbour light"
  Lobsters Posts: A harbour light in Rust by tove
    https://f5bot.com/url?u=https%3A%2F%2Flobste.rs%2Fs%2Fabc%2Fharbour

Do you have comments or suggestions about F5Bot?
https://f5bot.com/contact
"""
F5BOT_HTML = f"""<html><body><h1>F5Bot found something!</h1><h2>Keyword: &quot;lantern&quot;</h2>
<p>Reddit Comments (/r/lamps/): <a href="{REDDIT.replace("&", "&amp;")}">Which light for the pier?</a> by mara_k<br>
<span style="font-family:monospace">my <strong>lantern</strong> hisses &amp; I like it</span></p>
<p>Do you have comments or suggestions about F5Bot? <a href="https://f5bot.com/contact">Tell me</a></p></body></html>"""


def test_f5bot_s_plain_mail_names_each_post_on_its_own_platform() -> None:
    comment, item, story = heard_in(mail(F5BOT))
    assert (comment.platform, comment.post_id, comment.thread_id) == ("reddit", "t1_def2", "t3_1abc")
    assert (comment.author.handle, comment.author.url) == ("mara_k", "https://www.reddit.com/user/mara_k")
    assert comment.url == "https://www.reddit.com/r/lamps/comments/1abc/c/def2/"
    # Such a mail shows no words of the comment: a watch for the lantern must find it all the same.
    assert comment.text == "Which light for the pier?\n\n[alert: lantern]"
    assert comment.extra == {"source": "mail:INBOX", "alert": "f5bot.com", "community": "lamps"}
    assert comment.posted_at == NOW - timedelta(minutes=10)
    assert (item.platform, item.post_id, item.author.handle) == ("hackernews", "4242", "sol")
    assert (story.platform, story.post_id) == ("mailbox", "https://lobste.rs/s/abc/harbour")
    assert (story.text, story.author.name) == ("A harbour light in Rust", "tove")


def test_f5bot_s_html_shows_the_words() -> None:
    (comment,) = heard_in(mail(F5BOT, html=F5BOT_HTML))
    assert comment.text == "Which light for the pier?\n\nmy lantern hisses & I like it"
    assert (comment.platform, comment.post_id, comment.author.handle) == ("reddit", "t1_def2", "mara_k")


PAGE = "https://www.google.com/url?rct=j&sa=t&url=https://pier.example/{}&ct=ga&cd=CAEY&usg=AOv"
GOOGLE_HTML = """<html><head><script type="application/json">{"cards": [{"title": "Google Alert"}]}</script></head>
<body><a href="https://www.google.com/alerts?source=alertsmail"><img src="logo.png"></a> "lantern" <div>Daily</div>
""" + "".join(
    f"""<table><tr><td><a href="{PAGE.format(page)}"><img src="x"></a><a href="{PAGE.format(page)}"><b>Lantern</b>
{page}</a><div>The Pier</div><div>A <b>lantern</b> that {page} ...</div>
<a href="https://www.google.com/alerts/share?ru=https://pier.example/{page}">Facebook</a>
<a href="https://www.google.com/alerts/feedback?ffu=https://pier.example/{page}">Flag as irrelevant</a>
</td></tr></table>"""
    for page in ("hums", "glows")
) + '<a href="https://www.google.com/alerts/remove">Unsubscribe</a></body></html>'  # fmt: skip
GOOGLE_PLAIN = f"""=== Web - 2 new results for [lantern] ===

A lamp that hums
The Pier
It hums all night ...
<{PAGE.format("hums")}>

A lantern that glows
The Pier
<{PAGE.format("glows")}>

Unsubscribe from this alert:
<https://www.google.com/alerts/remove>
"""
ALERTS = "Google Alerts <googlealerts-noreply@google.com>"


def test_google_alerts_name_each_page() -> None:
    hums, glows = heard_in(mail(GOOGLE_PLAIN, html=GOOGLE_HTML, sender=ALERTS, Subject="Google Alert - lantern"))
    assert hums.text == "Lantern hums\n\nThe Pier\nA lantern that hums ..."
    assert (hums.platform, hums.post_id, hums.url) == ("mailbox", *["https://pier.example/hums"] * 2)
    assert hums.author.name == "pier.example"
    assert glows.text.startswith("Lantern glows")
    first, second = heard_in(mail(GOOGLE_PLAIN, sender=ALERTS, Subject='Google Alert - "lantern"'))
    assert first.text == "A lamp that hums\n\nThe Pier\nIt hums all night ...\n\n[alert: lantern]"
    assert (first.post_id, second.post_id) == (hums.post_id, glows.post_id)


def test_any_other_mail_is_a_mention_of_its_own() -> None:
    text = "Someone named you:\nhttps://pier.example/a"
    raw = mail(text, sender="Listen <hello@talk.example>", Subject="1 new mention")
    (heard,) = heard_in(raw)
    assert heard.text == "1 new mention\n\nSomeone named you:\nhttps://pier.example/a"
    assert (heard.url, heard.links) == ("https://pier.example/a", ("https://pier.example/a",))
    assert (heard.author.author_id, heard.author.name) == ("hello@talk.example", "Listen")
    assert heard.post_id == heard_in(raw)[0].post_id
    assert heard.post_id.startswith("mail:")


@pytest.mark.parametrize(
    "how",
    [{"sender": "F5Bot <admin@f5bot.com.evil.example>"}, {"sender": '"admin@f5bot.com" <x@evil.example>'},
     {"Authentication_Results": "mx.example; dkim=none; dmarc=fail (p=REJECT) header.from=f5bot.com"}],
)  # fmt: skip
def test_a_forged_alert_puts_no_words_into_anyone_s_mouth(how: dict[str, str]) -> None:
    (heard,) = heard_in(mail(F5BOT, **how))
    assert heard.platform == "mailbox"
    assert heard.post_id.startswith("mail:")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"From: a@b.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?q?_l=E4uft?=\n\nx", "Grüße läuft"),
        (b"From: a@b.example\nSubject: =?nonsense?q?hm?=\n\nlantern", "lantern"),
        (b"Content-Type: text/plain; charset=utf-8\n\nl\xe4uft", "läuft"),
        (b"Content-Type: text/plain; charset=martian\n\nl\xc3\xa4uft", "läuft"),
        (b"Content-Type: text/html\n\n<style>p {}</style><p>my <b>lantern</b>", "my lantern"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nbXkgbGFudGVybg==", "my lantern"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/pdf\nContent-Disposition: "
         b"attachment\n\nnot this\n--x\nContent-Type: text/plain\n\nbut this\n--x--", "but this"),
        (b"Content-Type: multipart/alternative\n\nno boundary", "no boundary"),
        (b"Date: the day before\nFrom: =?x\nSubject: hi\n\nmy lantern", "my lantern"),
        (b"Subject: \xff\xfe raw\n\nlantern", "lantern"),
    ],
)  # fmt: skip
def test_mails_of_every_making_are_read(raw: bytes, words: str) -> None:
    (heard,) = heard_in(raw)
    assert words in heard.text
    assert heard.posted_at == NOW


def test_a_mail_made_to_stop_us_does_not() -> None:
    began = time.monotonic()
    for html in ("<a " * 300_000, "<!--" * 200_000, '<a href="' * 90_000, "Reddit " * 100_000, "by " * 200_000 + ":"):
        heard_in(mail(html=html))
        heard_in(mail(f"Reddit Posts: {html}"))
    assert time.monotonic() - began < 20


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapScript]:
    monkeypatch.setenv("WARMLINE_MAILBOX_PASSWORD", SECRET)
    with imap_script() as opened:
        yield opened


def scripted_mailbox(script: ImapScript, budget: Ledger, **more: Any) -> Mailbox:
    told = {"host": "127.0.0.1", "port": script.port, "security": "none", "username": USER, "timeout_s": 0.4, **more}
    return connect(Settings(**told), [], budget)


def hear(source: Mailbox, cursor: str | None = None, now: datetime = NOW) -> Batch:
    return source.fetch(source.streams()[0], cursor, now)


def names(batch: Batch) -> list[str]:
    return [mention.text.partition("\n")[0] for mention in batch.mentions]


def note(subject: str) -> bytes:
    return mail("my lantern", sender="a@b.example", Subject=subject)


COMMANDS = ("GREETING", "CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", ["hang", "drip", "reset", "bye", "garbage"])
def test_every_fault_is_unavailable_in_good_time(script: ImapScript, budget: Ledger, command: str, fault: str) -> None:
    script.mails[1] = note("hello")
    script.wrong[command] = fault
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        hear(scripted_mailbox(script, budget))
    assert type(caught.value) is Unavailable
    assert time.monotonic() - began < 4
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("command", ["EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_no_is_unavailable(script: ImapScript, budget: Ledger, command: str) -> None:
    script.mails[1] = note("hello")
    script.wrong[command] = "{tag} NO not now"
    with pytest.raises(Unavailable):
        hear(scripted_mailbox(script, budget))


def test_a_refused_login_is_revoked_and_quotes_no_password(script: ImapScript, budget: Ledger) -> None:
    script.wrong["LOGIN"] = f"{{tag}} NO [AUTHENTICATIONFAILED] {SECRET} is wrong"
    with pytest.raises(Revoked) as caught:
        hear(scripted_mailbox(script, budget))
    assert SECRET not in str(caught.value)
    assert USER in str(caught.value)
    script.wrong["LOGIN"] = "{tag} NO [UNAVAILABLE] the directory is away"
    with pytest.raises(Unavailable):
        hear(scripted_mailbox(script, budget))


@pytest.mark.parametrize("validity", ["0", "soon", "-4", ""])
def test_a_folder_without_a_uidvalidity_is_unavailable(script: ImapScript, budget: Ledger, validity: str) -> None:
    script.validity = validity
    with pytest.raises(Unavailable, match="UIDVALIDITY"):
        hear(scripted_mailbox(script, budget))


def test_mails_are_read_on_in_their_order_fifty_at_a_time(script: ImapScript, budget: Ledger) -> None:
    source = scripted_mailbox(script, budget)
    script.mails = {uid: note(f"note {uid}") for uid in range(1, 121)}
    heard: list[str] = []
    batch = Batch(more=True)
    for more in (True, True, False):
        batch = hear(source, batch.cursor)
        heard += names(batch)
        assert batch.more is more
        assert (batch.heard_until is None) is more
    assert heard == [f"note {uid}" for uid in range(1, 121)]
    asked = " ".join(script.asked)
    assert not {"SELECT", "STORE", "EXPUNGE", "COPY", "MOVE", "BODY["} & set(re.findall(r"[A-Z.]+\b\[?", asked))
    # "121:*" means mail 120 where there is none after it.
    assert hear(source, batch.cursor).mentions == ()
    script.mails[500] = note("note 500")
    last = hear(source, batch.cursor, NOW + timedelta(hours=1))
    assert (names(last), last.heard_from, last.heard_until) == (["note 500"], NOW, NOW + timedelta(hours=1))


def test_a_new_uidvalidity_reads_anew_and_so_does_a_restored_backup(script: ImapScript, budget: Ledger) -> None:
    source = scripted_mailbox(script, budget)
    script.mails = {uid: note(f"note {uid}") for uid in (7, 8)}
    batch = hear(source)
    script.validity, script.mails = "8", {1: note("anew")}
    again = hear(source, batch.cursor)
    assert names(again) == ["anew"]
    assert any("SINCE 20-Oct-2026" in asked for asked in script.asked)
    script.mails = {uid: note(f"note {uid}") for uid in (40, 41)}
    batch = hear(source, again.cursor)
    script.mails = {30: note("a second 30")}
    assert names(hear(source, batch.cursor)) == ["a second 30"]


def test_one_mail_that_can_not_be_read_is_set_aside(
    script: ImapScript, budget: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(letter: Any, source: str) -> list[Mention]:
        if letter.subject == "poison":
            raise RecursionError("too deep")
        return mentions_in(letter, source)

    monkeypatch.setattr("listener.sources.mailbox.source.mentions_in", poisoned)
    script.mails = {1: note("one"), 2: note("poison"), 3: b"\r\n\r\n", 4: note("four")}
    batch = hear(scripted_mailbox(script, budget))
    assert names(batch) == ["one", "four"]
    reasons = [item.reason for item in batch.unreadable]
    assert reasons == ["RecursionError: too deep", "ValueError: the mail has no words in it"]
    assert "Subject: poison" in batch.unreadable[0].raw
    assert hear(scripted_mailbox(script, budget), batch.cursor).unreadable == ()


def test_only_the_senders_that_are_named_are_listened_to(script: ImapScript, budget: Ledger) -> None:
    senders = ("admin@f5bot.com", "@google.com", "evil.example.com", "b@evil.example")
    wanted = ("admin@f5bot.com", "googlealerts-noreply@google.com")
    others = ("x@f5bot.com", "x@evil-google.com", "x@evil.example")
    script.mails = {uid: mail("x", sender=one, Subject=one) for uid, one in enumerate(wanted + others, 1)}
    assert names(hear(scripted_mailbox(script, budget, senders=senders))) == list(wanted)


def test_what_it_needs_is_said(budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_MAILBOX_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="set WARMLINE_MAILBOX_PASSWORD"):
        connect(Settings(host="mail.example", username="a"), [], budget)
    monkeypatch.setenv("WARMLINE_MAILBOX_PASSWORD", SECRET)
    with pytest.raises(SettingsError, match="in the clear"):
        connect(Settings(host="mail.example", username="a", security="none"), [], budget)
    for odd in ({"username": "a\r\nA1 DELETE INBOX"}, {"folder": "IN\r\nBOX"}):
        with pytest.raises(ValueError, match="pattern"):
            Settings(**{"host": "mail.example", "username": "a", **odd})


@pytest.mark.parametrize(
    ("name", "written"),
    [("INBOX", '"INBOX"'), ("Alerts/F5 Bot", '"Alerts/F5 Bot"'), ("Entwürfe", '"Entw&APw-rfe"'), ("a&b", '"a&-b"'),
     ('say "hi"\\', '"say \\"hi\\"\\\\"'), ("台北&日本語", '"&U,BTFw-&-&ZeVnLIqe-"')],
)  # fmt: skip
def test_a_folder_is_named_as_imap_names_it(name: str, written: str) -> None:
    assert folder_name(name) == written


def test_importing_it_calls_nobody() -> None:
    assert_quiet_import("listener.sources.mailbox", None)


def test_an_alert_and_the_platform_s_own_source_make_one_mention(
    script: ImapScript, budget: Ledger, poller: Poller, office: Office
) -> None:
    script.mails[1] = mail(F5BOT.replace("lantern", "Harbourlight"))
    (polled,) = poller.poll(scripted_mailbox(script, budget))
    assert polled.error is None
    archive = Reading(office.db)
    assert archive.number_of("reddit", "t1_def2")
    assert [one.stream for one in archive.streams() if one.platform == "mailbox"] == ["mail:INBOX"]
    number = archive.number_of("hackernews", "4242")
    assert number
    # The same item as its own source finds it.
    by_api = replace(archive.get(number).mention, text="a Harbourlight of my own")
    assert poller.take_in("search:harbourlight", [by_api]) == ()


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with running_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(running: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    monkeypatch.setenv("WARMLINE_MAILBOX_PASSWORD", PASSWORD)
    monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
    trusted.cache_clear()
    yield running
    trusted.cache_clear()


@pytest.mark.network
@pytest.mark.xdist_group("dovecot")
class TestDovecot:
    """The same against a real server, over TLS."""

    def connect(self, dovecot: Dovecot, budget: Ledger, folder: str, **more: Any) -> Mailbox:
        told = {"host": "localhost", "port": dovecot.tls_port, "username": USER, "folder": folder, "timeout_s": 5}
        return connect(Settings(**{**told, **more}), [], budget)

    def test_mails_are_heard_and_nothing_in_the_mailbox_changes(self, dovecot: Dovecot, budget: Ledger) -> None:
        dovecot.folder_of_its_own("Alerts &- more")
        source = self.connect(dovecot, budget, "Alerts & more")
        for raw in (mail(F5BOT, html=F5BOT_HTML), mail(GOOGLE_PLAIN, html=GOOGLE_HTML, sender=ALERTS), note("hello")):
            dovecot.put(raw, "Alerts &- more", "20-Nov-2026 11:59:00 +0000")
        dovecot.put(note("too old"), "Alerts &- more", "01-Oct-2026 11:59:00 +0000")
        batch = hear(source)
        assert [one.platform for one in batch.mentions] == ["reddit", "mailbox", "mailbox", "mailbox"]
        assert (batch.more, batch.heard_until, batch.unreadable) == (False, NOW, ())
        assert hear(source, batch.cursor).mentions == ()
        dovecot.put(note("later"), "Alerts &- more")
        assert names(hear(source, batch.cursor)) == ["later"]
        assert "can be read (5 mails)" in source.probe()
        with dovecot.opened() as imap:
            imap.select('"Alerts &- more"', readonly=True)
            flags = [line for line in imap.uid("FETCH", "1:*", "(FLAGS)")[1] if isinstance(line, bytes)]
        assert len(flags) == 5
        assert not any(b"Seen" in line for line in flags)

    def test_a_large_mail_is_not_downloaded_whole(self, dovecot: Dovecot, budget: Ledger) -> None:
        dovecot.folder_of_its_own("Large")
        dovecot.put(note("thirty") + b"x" * 60 * 500_000, "Large", "20-Nov-2026 11:59:00 +0000")
        dovecot.put(note("small"), "Large", "20-Nov-2026 11:59:00 +0000")
        batch = hear(self.connect(dovecot, budget, "Large"))
        assert names(batch) == ["small"]
        (aside,) = batch.unreadable
        assert "Subject: thirty" in aside.raw
        assert len(aside.raw) < 30_000
        assert f"more than {MAIL_MOST:,}" in aside.reason

    def test_a_folder_made_anew_is_read_anew(self, dovecot: Dovecot, budget: Ledger) -> None:
        dovecot.folder_of_its_own("Anew")
        dovecot.put(note("one"), "Anew", "20-Nov-2026 11:59:00 +0000")
        source = self.connect(dovecot, budget, "Anew")
        batch = hear(source)
        dovecot.folder_of_its_own("Anew")
        dovecot.put(note("two"), "Anew", "20-Nov-2026 11:59:00 +0000")
        assert (names(batch), names(hear(source, batch.cursor))) == (["one"], ["two"])

    def test_starttls_and_a_password_of_umlauts(
        self, dovecot: Dovecot, budget: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WARMLINE_MAILBOX_PASSWORD", "grünes Licht")
        more = {"security": "starttls", "port": dovecot.plain_port, "username": "lampe"}
        assert self.connect(dovecot, budget, "INBOX", **more).probe() == "the folder INBOX can be read (0 mails)"

    def test_a_wrong_password_is_revoked(
        self, dovecot: Dovecot, budget: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WARMLINE_MAILBOX_PASSWORD", SECRET)
        with pytest.raises(Revoked):
            hear(self.connect(dovecot, budget, "INBOX"))

    def test_a_folder_that_is_not_there_says_so(self, dovecot: Dovecot, budget: Ledger) -> None:
        with pytest.raises(Unavailable, match="'Nowhere' can't be opened"):
            hear(self.connect(dovecot, budget, "Nowhere"))

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, dovecot: Dovecot, budget: Ledger, monkeypatch: pytest.MonkeyPatch, security: str
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        trusted.cache_clear()
        port = dovecot.tls_port if security == "tls" else dovecot.plain_port
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            hear(self.connect(dovecot, budget, "INBOX", security=security, port=port))

"""What XML can be made to do to its reader: each ends in time, calls nobody, shows nothing, and stops no other feed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.archive.ledger import Ledger
from listener.poll import Poller
from listener.sources.feed import Feeds, Settings, connect
from responders.office import Office
from tests.builders import Clock
from tests.figures import count_figures
from tests.listener.sources.test_feed import atom, entry, say
from tests.servers.scripted import Scripted, scripted

ITEM = "<item><guid>1</guid><title>a lantern {}</title></item>"
TIMEOUT_S = 1.5
# The feed's own time, and that of a process which starts on a busy machine; the child's own limit is 20 s.
BOUND_S = TIMEOUT_S + 3.0


def rss(head: str, words: str) -> str:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>x</title>{ITEM.format(words)}</channel></rss>'
    )


def laughs(levels: int, width: int = 10) -> str:
    return "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' for n in range(1, levels))


def bombs(secret: Path, trap: str) -> dict[str, bytes]:
    quadratic = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    outside = f'<!ENTITY f SYSTEM "file://{secret}"><!ENTITY h SYSTEM "{trap}/entity">'
    told = {
        "a billion laughs": rss(f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs(12)}]>', "&l11;"),
        "laughs in an attribute": rss(f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs(12)}]>', '<a href="&l11;">x</a>'),
        "a hundred thousand wide": rss(f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs(4, 1000)}]>', "&l3;"),
        "quadratic": rss(quadratic, "&a;" * 20_000),
        "an entity of itself": rss('<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
        "parameter entities": rss(
            '<!DOCTYPE x [<!ENTITY % a "%b;%b;%b;%b;%b;%b;%b;%b;"><!ENTITY % b "%c;%c;%c;"><!ENTITY % c "x">%a;]>', "x"
        ),
        "files and addresses": rss(f"<!DOCTYPE x [{outside}]>", "&f; &h;"),
        "an outer DTD": rss(f'<!DOCTYPE x SYSTEM "{trap}/dtd">', "x"),
        "a public DTD": rss(f'<!DOCTYPE x PUBLIC "-//x//y" "{trap}/public">', "x"),
        "a DTD by parameter": rss(f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{trap}/parameter">%p;]>', "x"),
        "a stylesheet": rss(f'<?xml-stylesheet href="{trap}/style" type="text/xsl"?>', "x"),
        "an XInclude": rss("", f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{trap}/x" parse="text"/>'),
        "a schema": rss("", f'<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="x {trap}/s"/>'),
        "200,000 deep": rss("", "<a>" * 200_000),
        "200,000 attributes": rss("", "<a " + " ".join(f'b{n}="1"' for n in range(200_000)) + "/>"),
        "one attribute of 2 MB": rss("", f'<a b="{"x" * 2_000_000}"/>'),
        "one name of 2 MB": rss("", f"<{'a' * 2_000_000}/>"),
        "100,000 namespaces": rss("", "<a " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(100_000)) + "/>"),
        "100,000 items": f"<rss version='2.0'><channel>{'<item/>' * 100_000}</channel></rss>",
        "5 MB": f"<rss version='2.0'><channel>{ITEM.format('x' * 900) * 5_400}</channel></rss>",
        "a comment that never ends": rss("", "<!--" + "-" * 2_000_000),
        "CDATA that never ends": rss("", "<![CDATA[" + "]" * 1_900_000),
        "2 MB of <": rss("", "<" * 2_000_000),
        "2 MB of &": rss("", "&" * 2_000_000),
        "JSON 500,000 deep": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 500_000,
        "JSON with one number of 2 MB": '{"version":"https://jsonfeed.org/version/1","items":['
        + "9" * 2_000_000
        + "]}",
    }
    wide = {"laughs in UTF-16": rss(f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs(12)}]>', "&l11;").encode("utf-16")}
    return {name: body.encode() for name, body in told.items()} | wide


NAMES = sorted(bombs(Path("secret"), "http://trap"))


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


def feeds(server: Scripted, budget: Ledger, *urls: str, timeout_s: float) -> Feeds:
    host = server.url.removeprefix("http://")
    settings = Settings(base_url=server.url, urls=urls, private_hosts=(host,), timeout_s=timeout_s)
    return connect(settings, [], budget)


@pytest.mark.contract
@pytest.mark.parametrize("name", NAMES)
def test_no_feed_hurts_its_reader(
    server: Scripted, budget: Ledger, office: Office, poller: Poller, tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush-hush")
    server.asked.clear()
    server.on("/bomb", say(bombs(secret, server.url)[name]))
    began = time.monotonic()
    (polled,) = poller.poll(feeds(server, budget, "/bomb", timeout_s=TIMEOUT_S))
    assert time.monotonic() - began < BOUND_S
    assert {asked.path for asked in server.asked} == {"/bomb"}
    texts = [heard.mention.text for chunk in office.archive.every() for heard in chunk]
    assert [text for text in texts if "hush" in text or "lollol" in text or len(text) > 10_000] == []
    count_figures("XML and JSON bombs", kinds=1, called_unavailable=int(polled.error is not None), late=0, called_out=0)


def test_the_other_feeds_go_on(server: Scripted, budget: Ledger, office: Office, poller: Poller, clock: Clock) -> None:
    deep = b"<rss><item><title>" + b"<a " * 600_000
    server.on("/bomb", say(deep))
    server.on("/lantern", say(atom(entry(1, clock(), text="my lantern, Harbourlight, hisses"))))
    bomb, lantern = poller.poll(feeds(server, budget, "/bomb", "/lantern", timeout_s=3.0))
    assert "could not be read" in str(bomb.error)
    assert (lantern.error, len(lantern.new)) == (None, 1)
    states = {one.stream: one.state for one in office.archive.streams()}
    assert states == {"feed:/bomb": "unavailable", "feed:/lantern": "listening"}

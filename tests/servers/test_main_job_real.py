"""The main job on a whole real Bluesky network: heard by `warmline run`, approved in a real browser, there once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ARGS
from tests.running import Warmline, a_folder, until
from tests.servers.bluesky_network import Network, Person, Ref

pytestmark = [pytest.mark.network, pytest.mark.browser, pytest.mark.xdist_group("network")]

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
handles = ["{handle}"]
[listener.sources.bluesky]
handle = "{handle}"
base_url = "{pds}"
public_url = "{bsky}"
every_s = 0.5
[responders]
mode = "{mode}"
undo_s = 1
[responders.publishers.bluesky]
handle = "{handle}"
base_url = "{pds}"
[desk]
port = 0
person = "Ana"
"""


@pytest.fixture
def us(network: Network) -> Person:
    return network.create_account("harbourlight-main.test")


@pytest.fixture
def asked(network: Network, us: Person) -> tuple[Person, Ref]:
    lou = network.create_account("lou-main.test")
    network.follow(us, lou)
    return lou, network.mention(
        lou, us, f"@{us.handle} the hinge on my reading lamp squeaks every night at page ten. Can I oil it?"
    )


@pytest.fixture
def page() -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        opened = browser.new_page()
        opened.set_default_timeout(20_000)
        yield opened
        browser.close()


def a_desk_for(network: Network, us: Person, tmp_path: Path, mode: str) -> Warmline:
    settings = SETTINGS.format(handle=us.handle, pds=network.pds_url, bsky=network.bsky_url, mode=mode)
    passwords = {f"WARMLINE_BLUESKY_{way}_PASSWORD": us.password for way in ("READ", "WRITE")}
    return a_folder(tmp_path, settings, passwords)


def test_a_mention_is_heard_answered_and_the_reply_is_there_once(
    network: Network, us: Person, asked: tuple[Person, Ref], page: Any, tmp_path: Path
) -> None:
    _, post = asked
    reply = "A squeak every night at page ten: that’s the pin drying out 🙂\n\nOne drop of sewing-machine oil does it."
    rehearsing = a_desk_for(network, us, tmp_path, "shadow")
    with rehearsing.running() as daemon:
        approve_at_the_desk(page, daemon.link, "squeaks every night", reply)
        until(lambda: rehearsing.json("inbox", "--state", "rehearsed"), "the rehearsal to be kept")
    assert network.records(us) == []

    warmline = a_desk_for(network, us, tmp_path, "live")
    with warmline.running() as daemon:
        page.goto(daemon.link)
        page.goto(f"{daemon.desk}/mentions/1")
        page.locator("form[action$='/undo'] button").first.click()
        approve_at_the_desk(page, None, "squeaks every night", reply, f"{daemon.desk}/")
        (there,) = network.replies(post.uri)
        assert (there["record"]["text"], there["author"]["did"]) == (reply, us.did)
        assert there["record"]["reply"]["parent"]["uri"] == post.uri
        (sent,) = until(lambda: warmline.json("inbox", "--state", "sent"), "the receipt to be written")
    assert len(network.records(us)) == 1
    assert network.records(us)[0]["value"]["text"] == reply
    told = warmline.json("show", str(sent["mention_id"]))
    assert told["receipt"]["post_id"] == there["uri"]

    # Heard again from the beginning, by a daemon that has never met us: nothing more goes out.
    with warmline.running():
        until(lambda: "ours" in str(warmline.json("poll")), "a poll")
    assert warmline("deliver").startswith("0 tried")
    assert len(network.records(us)) == 1
    secrets = (us.password, us.access)
    kept = (
        b"".join(path.read_bytes() for path in tmp_path.glob("warmline.db*")) + (tmp_path / "daemon.log").read_bytes()
    )
    assert not [secret for secret in secrets if secret.encode() in kept]


def approve_at_the_desk(page: Any, link: str | None, said: str, reply: str, queue: str = "") -> None:
    """Sign in, open the mention from the queue, write the reply and approve it, as a person would."""
    page.goto(link or queue)
    card = page.locator("article", has_text=said)
    until(lambda: _there(page, card), "the mention to stand in the queue")
    card.get_by_role("link").first.click()
    page.get_by_role("textbox", name="We would say").fill(reply)
    page.get_by_role("button", name="Approve exactly this").click()
    page.wait_for_load_state()


def _there(page: Any, card: Any) -> bool:
    if card.is_visible():
        return True
    page.reload()
    return bool(card.is_visible())

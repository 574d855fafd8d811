"""The plaza as a platform: its API, its pages, and that it stands alone."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import listener.plaza
from tests.plaza_server import PlazaHandle, running_plaza


@pytest.fixture
def plaza() -> Iterator[PlazaHandle]:
    with running_plaza() as handle:
        yield handle


def ask(plaza: PlazaHandle, path: str, token: str | None = PlazaHandle.read_token, **params: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(plaza.base_url + path, params=params, headers=headers, trust_env=False, verify=False)


def speak(plaza: PlazaHandle, token: str = PlazaHandle.write_token, **body: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    # json.dumps writes half a character as \\ud83d, which httpx would not send.
    return httpx.post(
        f"{plaza.base_url}/api/posts", content=json.dumps(body), headers=headers, trust_env=False, verify=False
    )


def test_stands_alone() -> None:
    files = list(Path(listener.plaza.__file__).parent.glob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in named:
                ours = name == "listener.plaza" or name.startswith("listener.plaza.")
                assert ours or name.split(".")[0] in sys.stdlib_module_names, f"{file.name} imports {name}"


def test_mentions_are_tags_and_replies_of_others_newest_received_first(plaza: PlazaHandle) -> None:
    ours = plaza.post("harbourlight", "We are back at the bench, @harbourlight is us")
    tag = plaza.post("ada", "Oi @HarbourLight, the shade rattles")
    plaza.post("ada", "harbourlight without a tag, and mail to me@harbourlight.example")
    reply = plaza.post("bo", "same here", in_reply_to=ours["post_id"])
    early = plaza.post("cy", "@harbourlight hi", received_at=datetime.now(UTC) - timedelta(hours=1))
    answer = ask(plaza, "/api/mentions", account="harbourlight").json()
    assert [post["post_id"] for post in answer["posts"]] == [reply["post_id"], tag["post_id"], early["post_id"]]
    assert answer["posts"][0]["in_reply_to_handle"] == "harbourlight"
    assert answer["posts"][0]["thread_id"] == ours["post_id"]
    assert answer["posts"][1]["tags"] == ["harbourlight"]
    assert answer["next"] is None


def test_pages_do_not_shift_when_something_new_is_said(plaza: PlazaHandle) -> None:
    said = [plaza.post("ada", f"@harbourlight number {n}")["post_id"] for n in range(7)]
    first = ask(plaza, "/api/mentions", account="harbourlight", limit=3).json()
    plaza.post("bo", "@harbourlight in between")
    second = ask(plaza, "/api/mentions", account="harbourlight", limit=3, page=first["next"]).json()
    third = ask(plaza, "/api/mentions", account="harbourlight", limit=3, page=second["next"]).json()
    heard = [post["post_id"] for page in (first, second, third) for post in page["posts"]]
    assert heard == said[::-1]
    assert third["next"] is None
    assert said != sorted(said)
    assert ask(plaza, "/api/mentions", account="harbourlight", page="nonsense").status_code == 400


def test_search_wants_every_word_in_any_case(plaza: PlazaHandle) -> None:
    both = plaza.post("ada", "My WREN and the brass arm")
    plaza.post("bo", "my wren")
    assert [post["post_id"] for post in ask(plaza, "/api/search", q="wren Brass").json()["posts"]] == [both["post_id"]]
    assert ask(plaza, "/api/search", q="100%").json()["posts"] == []
    assert ask(plaza, "/api/search", q=" ").status_code == 400


def test_a_person_and_their_timeline(plaza: PlazaHandle) -> None:
    post = plaza.post("ada", "hello", name="Ada L.", bio="Bell ringer", followers=42)
    assert ask(plaza, "/api/people/Ada").json()["followers"] == 42
    assert ask(plaza, "/api/people/ada/posts").json()["posts"][0]["post_id"] == post["post_id"]
    assert ask(plaza, "/api/people/nobody").status_code == 404


def test_who_may_do_what(plaza: PlazaHandle) -> None:
    post = plaza.post("ada", "@harbourlight hello")
    assert ask(plaza, "/api/mentions", token="wrong", account="harbourlight").status_code == 401
    assert speak(plaza, token="wrong", text="hi").status_code == 401
    refused = speak(plaza, token=plaza.read_token, text="hi")
    assert (refused.status_code, refused.json()["message"]) == (403, "This token may read but not write.")
    assert ask(plaza, "/control/wire", token=plaza.write_token).status_code == 401
    assert ask(plaza, f"/api/posts/{post['post_id']}", token=None).json()["text"] == "@harbourlight hello"
    assert len(plaza.posts()) == 1


def test_a_reply_is_stored_byte_for_byte_and_answered_with_its_address(plaza: PlazaHandle) -> None:
    parent = plaza.post("ada", "@harbourlight hello")
    text = "Grüße 👩‍👩‍👧  from Porthleven,\n\nMarta\u200d "
    answer = speak(plaza, text=text, in_reply_to=parent["post_id"])
    assert answer.status_code == 201
    stored = ask(plaza, f"/api/posts/{answer.json()['post_id']}").json()
    assert stored["text"] == text
    assert stored["in_reply_to"] == parent["post_id"]
    assert stored["author"]["handle"] == "harbourlight"
    assert text.split("\n")[0] in httpx.get(answer.json()["url"], trust_env=False, verify=False).text
    thread = ask(plaza, f"/api/posts/{parent['post_id']}/thread").json()["posts"]
    assert [post["post_id"] for post in thread] == [parent["post_id"], stored["post_id"]]


def test_a_no_says_why(plaza: PlazaHandle) -> None:
    parent = plaza.post("ada", "@harbourlight hello")
    assert speak(plaza, text="x" * 500).status_code == 201
    long = speak(plaza, text="x" * 501)
    assert (long.status_code, long.json()["message"]) == (422, "Posts can have up to 500 characters; this one has 501.")
    assert speak(plaza, text="  ").status_code == 422
    assert speak(plaza, text=7).status_code == 422
    assert speak(plaza, text="\ud83d").status_code == 422
    plaza.delete(parent["post_id"])
    gone = speak(plaza, text="hello", in_reply_to=parent["post_id"])
    assert (gone.status_code, "deleted" in gone.json()["message"]) == (404, True)
    assert len(plaza.posts()) == 1


def test_the_wire_log_has_every_api_request_and_no_token(plaza: PlazaHandle) -> None:
    speak(plaza, text="hello")
    ask(plaza, "/api/search", q="hello")
    logged = plaza.wire_log()
    assert [(entry["method"], entry["path"], entry["outcome"]) for entry in logged] == [
        ("POST", "/api/posts", "201"),
        ("GET", "/api/search", "200"),
    ]
    assert logged[0]["post_id"] == plaza.posts()[0]["post_id"]
    assert '"hello"' in logged[0]["body"]
    assert plaza.write_token not in str(logged)


@pytest.mark.parametrize("path", ["/", "/posts/{post_id}", "/people/mallory", "/posts/%3Cscript%3E"])
def test_pages_escape_whatever_people_write(plaza: PlazaHandle, path: str) -> None:
    nasty = '<script>alert(1)</script> @x"><img src=x onerror=alert(1)> https://e.example/?a=1&b=<b>'
    post = plaza.post("mallory", nasty, name="<b>M</b>", bio="<i>hi</i>", lang='en" onclick="x')
    page = httpx.get(plaza.base_url + path.format(post_id=post["post_id"]), trust_env=False, verify=False)
    for tag in ("<script", "<img", "<b>", "<i>", 'onclick="x'):
        assert tag not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert ("&lt;script&gt;alert(1)" in page.text) == (page.status_code == 200)


def test_the_timeline_shows_the_thread_and_who_answered(plaza: PlazaHandle) -> None:
    parent = plaza.post("ada", "@harbourlight is the arm brass?")
    speak(plaza, text="It is, all the way through.", in_reply_to=parent["post_id"])
    page = httpx.get(plaza.base_url, trust_env=False, verify=False).text
    assert page.index("is the arm brass?") < page.index("It is, all the way through.")
    assert 'class="post reply ours"' in page


def test_an_author_may_say_something_else_in_its_place(plaza: PlazaHandle) -> None:
    post = plaza.post("ada", "Oi @harbourlight, the shade rattles")
    plaza.edit(post["post_id"], "Oi @harbourlight, it was the cat")
    assert ask(plaza, f"/api/posts/{post['post_id']}").json()["text"] == "Oi @harbourlight, it was the cat"
    (heard,) = ask(plaza, "/api/search", q="cat").json()["posts"]
    assert (heard["post_id"], heard["received_at"]) == (post["post_id"], post["received_at"])

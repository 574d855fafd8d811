"""What must not come in, does not; what goes out carries its headers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.routing import Mount, Route

from responders.desk.security import HEADERS, MOST_BYTES
from responders.desk.session import new_link
from responders.office import Office
from tests.responders.desk.seeded import Visitor, rows, someone


def routes(visitor: Visitor) -> Iterator[tuple[str, str]]:
    for route in visitor.app.routes:
        if isinstance(route, Route):
            path = route.path.replace("{mention_id}", "1").replace("{token}", "nothing")
            yield from ((method, path) for method in sorted(route.methods or ()) if method != "HEAD")
        else:
            assert isinstance(route, Mount)


def posts(visitor: Visitor) -> list[str]:
    found = [path for method, path in routes(visitor) if method == "POST"]
    assert len(found) >= 12
    return found


def test_every_page_needs_a_session(office: Office) -> None:
    someone(office, 1)
    visitor = Visitor(office, signed_in=False)
    before = rows(office)
    for method, path in routes(visitor):
        answer = visitor.web.request(method, path)
        assert answer.status_code == (410 if path.startswith("/login/") else 401), path
        assert "warmline login" in answer.text
        assert "mira" not in answer.text.lower()
    assert visitor.web.get("/no/such/page").status_code == 401, "not even what exists is told"
    assert rows(office) == before


def test_every_answer_carries_the_headers(visitor: Visitor) -> None:
    someone(visitor.office, 1)
    paths = [path for method, path in routes(visitor) if method == "GET"]
    answers = [visitor.web.get(path) for path in [*paths, "/nothing", "/static/desk.css", "/static/nothing"]]
    answers += [visitor.web.post(path) for path in posts(visitor)]
    answers += [visitor.web.get("/", headers={"host": "evil.example"}), visitor.web.request("PUT", "/")]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, answer.url
        assert answer.headers["cache-control"] == "no-store"
    assert {answer.status_code for answer in answers} >= {200, 403, 404, 405, 421}


def test_a_broken_page_tells_nothing_and_carries_the_headers(
    office: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    quiet = Visitor(office, raise_app_exceptions=False)
    monkeypatch.setattr(type(office.inbox), "waiting", broken)
    answer = quiet.web.get("/")
    assert answer.status_code == 500
    assert "broke on our side" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8100"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {},
    ],
)
def test_another_site_changes_nothing(office: Office, headers: dict[str, str]) -> None:
    draft = someone(office, 1)
    visitor = Visitor(office)
    form = visitor.form(visitor.read(f"/mentions/{draft.mention_id}"), f"/mentions/{draft.mention_id}/approve")
    before = rows(office)
    del visitor.web.headers["Sec-Fetch-Site"]
    for path in posts(visitor):
        answer = visitor.web.post(path, data=form, headers=headers)
        assert answer.status_code == 403, path
        assert "Not from here" in answer.text
    assert rows(office) == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "none"}, {"Origin": "http://127.0.0.1:8100"}])
def test_our_own_forms_come_in(office: Office, headers: dict[str, str]) -> None:
    draft = someone(office, 1)
    visitor = Visitor(office)
    form = visitor.form(visitor.read(f"/mentions/{draft.mention_id}"), f"/mentions/{draft.mention_id}/approve")
    del visitor.web.headers["Sec-Fetch-Site"]
    answer = visitor.web.post(f"/mentions/{draft.mention_id}/approve", data=form, headers=headers)
    assert answer.status_code == 303


def test_a_form_needs_this_sessions_token(office: Office) -> None:
    draft = someone(office, 1)
    visitor, colleague = Visitor(office), Visitor(office)
    page = f"/mentions/{draft.mention_id}"
    theirs = colleague.form(colleague.read(page), f"{page}/approve")
    before = rows(office)
    for form in (theirs, theirs | {"form_token": ""}, {}, theirs | {"form_token": "ü"}):
        for path in posts(visitor):
            assert visitor.web.post(path, data=form).status_code == 403, path
    assert rows(office) == before


def test_reading_changes_nothing(office: Office) -> None:
    someone(office, 1)
    visitor = Visitor(office)
    before = rows(office)
    for _ in range(2):
        for method, path in routes(visitor):
            if method == "GET":
                visitor.web.get(path)
        visitor.read("/?done=approved&of=1")
    assert rows(office) == before


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost@evil.example"])
def test_only_this_machines_names_are_answered(visitor: Visitor, host: str) -> None:
    assert visitor.web.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8100", "localhost:8100", "LOCALHOST", "[::1]:8100"])
def test_loopback_by_any_name_is_answered(visitor: Visitor, host: str) -> None:
    assert visitor.web.get("/static/desk.css", headers={"host": host}).status_code == 200


def test_a_body_that_is_too_long_is_refused(visitor: Visitor) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        yield b"text="
        for _ in range(MOST_BYTES // 4096 + 1):
            yield b"a" * 4096

    kind = {"content-type": "application/x-www-form-urlencoded"}
    announced = visitor.web.post("/pause", content=b"text=" + b"a" * MOST_BYTES, headers=kind)
    counted = visitor.web.post("/pause", content=in_pieces(), headers=kind)
    assert (announced.status_code, counted.status_code) == (413, 413)
    assert visitor.web.post("/pause", headers={"content-length": "-5"}).status_code == 400


def test_a_look_ahead_does_not_spend_the_link(office: Office) -> None:
    visitor = Visitor(office, signed_in=False)
    link = f"/login/{new_link(office.db, 'Ana', office.now())}"
    assert visitor.web.request("HEAD", link).status_code == 401
    assert visitor.web.get(link, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 401
    assert visitor.web.get(link).status_code == 303
    assert visitor.web.get(link).status_code == 410


def test_signing_in_gives_a_new_cookie_that_scripts_cannot_read(office: Office) -> None:
    visitor = Visitor(office, signed_in=False)
    visitor.web.cookies.set("warmline-8100", "chosen-by-someone-else")
    answer = visitor.web.get(f"/login/{new_link(office.db, 'Ana', office.now())}")
    cookie = answer.headers["set-cookie"]
    assert "chosen-by-someone-else" not in cookie
    assert cookie.startswith("warmline-8100=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_under_https_the_cookie_is_secure(office: Office) -> None:
    visitor = Visitor(office, signed_in=False, base_url="https://127.0.0.1")
    answer = visitor.web.get(f"/login/{new_link(office.db, 'Ana', office.now())}")
    assert answer.headers["set-cookie"].startswith("__Host-warmline=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_after_signing_out_the_old_cookie_opens_nothing(visitor: Visitor) -> None:
    kept = visitor.web.cookies["warmline-8100"]
    page = visitor.read("/")
    assert visitor.send("/logout", page).status_code == 303
    visitor.web.cookies.set("warmline-8100", kept)
    assert visitor.web.get("/").status_code == 401


ELSEWHERE = (
    "//evil.example/",
    "/\\evil.example\t@",
    "x\r\nLocation: https://evil.example\r\nSet-Cookie: a=b\r\n\r\n<p>",
)


@pytest.mark.parametrize("value", ELSEWHERE)
def test_no_form_leads_elsewhere_or_adds_a_header(office: Office, value: str) -> None:
    """Whatever stands in a form or an address: we answer with a page of ours, or the way to one."""
    draft = someone(office, 1)
    visitor = Visitor(office)
    form = visitor.form(visitor.read(f"/mentions/{draft.mention_id}"), f"/mentions/{draft.mention_id}/approve")
    fields = ("back_to", "lane", "next", "done", "of", "reason", "url", "word")
    given, forwarded = (
        dict.fromkeys(fields, value),
        {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    led = 0
    for path in sorted(posts(visitor), key=lambda path: path == "/logout"):
        led += stays_here(visitor.web.post(path, data={**given, **form}, headers=forwarded))
        for back in ("unsure", "check"):
            known = {"lane": "help", "back": back, "watch": "us", "sounds": "negative", "shown": "negative chat help"}
            led += stays_here(visitor.web.post(path, data={**given, **form, **known}))
    visitor = Visitor(office)
    for _, path in routes(visitor):
        stays_here(visitor.web.get(path, params=given, headers=forwarded))
    assert led > 5


def stays_here(answer: httpx.Response) -> bool:
    """Whether it redirects; fails where it does so to another site, or carries a header that is not ours."""
    assert answer.status_code < 500
    assert not {"a", "b"} & set(answer.cookies)
    location = answer.headers.get("Location")
    if location is None:
        return False
    assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", location), location
    assert httpx.URL("http://127.0.0.1:8100/").join(location).host == "127.0.0.1"
    return True

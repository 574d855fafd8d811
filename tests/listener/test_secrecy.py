"""Secrets are struck out in every form that a server, a library or a knife gives them."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.secrecy import secrets_named, strike, strike_shown
from listener.source import Revoked
from listener.web import Web
from tests.servers.scripted import Say, scripted

SECRET = 'c0ffee+/"<&>=beef c0de'
FORMS = (
    SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET), quote(quote(SECRET, safe=""), safe=""),
    quote(SECRET, safe="").lower(), html.escape(SECRET), json.dumps(SECRET)[1:-1],
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_struck(form: str) -> None:
    assert strike(f"you said Bearer {form}, and no", [SECRET]) == "you said Bearer ***, and no"


@pytest.mark.parametrize("form", FORMS)
def test_what_was_cut_through_is_struck(form: str) -> None:
    for length in range(6, len(form)):
        assert strike(f"you said {form[:length]}", [SECRET]) == "you said ***"


@given(st.text())
def test_what_holds_none_is_left(said: str) -> None:
    assert strike(said, ["a-secret-that-nobody-would-say"]) == said
    assert strike(said, []) == said


@pytest.mark.parametrize(
    "said",
    ["Authorization: Bearer {}", "{{'Authorization': 'Basic {}'}}", '{{"access_token": "{}"}}', "?access_token={}&x=1",
     '{{"accessJwt":"{}"}}', "oauth_token%3D{}", 'refresh_token={}', 'OAuth oauth_token="{}"'],
)  # fmt: skip
def test_what_stands_where_tokens_stand_is_struck(said: str) -> None:
    assert "abcdefgh12345678" not in strike_shown(said.format("abcdefgh12345678"))


def test_our_own_are_known_by_their_variables() -> None:
    environ = {"WARMLINE_X_BEARER_TOKEN": "12345678", "WARMLINE_SMTP_PASSWORD": "short", "HOME_TOKEN": "123456789",
               "WARMLINE_SETTINGS": "settings.toml"}  # fmt: skip
    assert secrets_named(environ) == ("12345678",)


def test_a_server_s_words_are_cut_after_no_part_of_a_secret() -> None:
    """They are cut to 300 characters: wherever that falls, nothing of the token is left."""
    token = "0123456789abcdef0123456789abcdef"
    with scripted() as server:
        for before in range(250, 300):
            server.on("/x", Say({"message": "w" * before + f" Bearer {token}"}, 401))
            web = Web(server.url, 2, {"Authorization": f"Bearer {token}"})
            with pytest.raises(Revoked) as caught:
                web.get_json("/x")
            web.close()
            assert token[:6] not in str(caught.value)

"""settings.toml: every slip is named with its line and a way to mend it, and no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.settings import ListenerSettings, SettingsError, read_listener_settings, read_secret
from responders.settings import read_settings
from responders.shipped import shipped


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_good_as_it_stands() -> None:
    settings = read_settings(shipped("settings.toml"))
    assert settings.responders.mode == "shadow"
    assert settings.our_handles == {"acme.bsky.social"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[respnders]\nmode = 'live'", [":1:", "respnders", "did you mean 'responders'"]),
        ("[responders]\n\nmod = 'live'", [":3:", "responders.mod", "did you mean 'mode'"]),
        ("[responders]\nmode = 'life'", [":2:", "responders.mode", "'shadow' or 'live'"]),
        ("[[watches]]\nname='a'\nterms=['a']\n[[watches]]\nname='b'\nterm=['b']", [":6:", "did you mean 'terms'"]),
        ("[desk]\nport = 'eighty'", [":2:", "desk.port", "integer"]),
        ("[desk\nport = 80", ["is not TOML", "line 1"]),
        ("brand = 3", [":1:", "brand"]),
    ],
)
def test_a_slip_is_named_with_its_line_and_its_mend(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(SettingsError) as why:
        read_settings(write(tmp_path, text))
    for word in said:
        assert word in str(why.value)


def test_a_value_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as why:
        read_settings(write(tmp_path, "[desk]\nport = 'hunter2-my-password'"))
    assert "hunter2" not in str(why.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="warmline init"):
        read_settings(tmp_path / "settings.toml")


def test_the_listening_half_ignores_the_answering_half(tmp_path: Path) -> None:
    path = write(tmp_path, "[listener]\ndatabase = 'x.db'\n[responders]\nmode = 'live'\n[desk]\nport = 1")
    assert read_listener_settings(path).listener.database == "x.db"


def test_a_secret_comes_from_the_environment_first(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    file.chmod(0o600)
    found = read_secret("WARMLINE_T", str(file), {"WARMLINE_T": "from the environment"})
    assert found is not None
    assert found.get_secret_value() == "from the environment"
    assert "environment" not in repr(found)
    assert read_secret("WARMLINE_T", str(file), {}).get_secret_value() == "from the file"  # type: ignore[union-attr]
    assert read_secret("WARMLINE_T", None, {}) is None


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("open to all")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_secret("WARMLINE_T", str(file), {})


def test_a_secret_that_is_not_there_says_which_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WARMLINE_T"):
        read_secret("WARMLINE_T", str(tmp_path / "none"), {})


def test_a_source_that_does_not_exist_is_never_imported(tmp_path: Path) -> None:
    from listener.jobs import open_sources

    for name in ("twitterr", "os", "../x"):
        path = write(tmp_path, f"[listener.sources.\"{name}\"]\nbase_url='http://127.0.0.1'")
        with pytest.raises(SettingsError, match="there is no source"):
            open_sources(read_listener_settings(path), path)


def test_a_slip_in_a_sources_own_table_is_named(tmp_path: Path) -> None:
    from listener.jobs import open_sources

    path = write(tmp_path, "[listener.sources.hackernews]\neverys = 3")
    with pytest.raises(
        SettingsError, match=r":2: unknown key 'listener.sources.hackernews.everys'; did you mean 'every_s'"
    ):
        open_sources(read_listener_settings(path), path)


WATCH = """
[[watches]]
name = "acme"
terms = ["Acme"]
domains = ["https://www.Acme.com/shop"]
exclude = ["pie"]
exclude_authors = ["x:@Spam"]
[[watches]]
name = "late"
kind = "topic"
query = "train NEAR/5 late"
context = "trains that do not come"
relevance_from = 0.3
[exclude]
terms = ["giveaway"]
authors = ["spam"]
communities = ["r/deals"]
"""


def test_what_is_excluded_from_all_is_excluded_from_each(tmp_path: Path) -> None:
    for read in (read_settings, read_listener_settings):
        acme, late = read(write(tmp_path, WATCH)).watches
        assert acme.exclude == ("pie", "giveaway")
        assert acme.exclude_authors == ("x:spam", "spam")
        assert (late.exclude, late.exclude_communities) == (("giveaway",), ("deals",))
        assert (acme.domains, late.relevance_from) == (("acme.com",), 0.3)
    whole = read_listener_settings(write(tmp_path, WATCH))
    # As a daemon hands them to a process of its own.
    assert ListenerSettings.model_validate_json(whole.model_dump_json()) == whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[watches]]\nname='a'\nquery='acme (late'", [":3:", "0.query: column 6", "\n  acme (late\n       ^"]),
        ("[[watches]]\nname='a'\nquery='NOT acme'", [":3:", "must name something to look for"]),
        ("[[watches]]\nname='a'\nterms=['a']\n[[watches]]\nname='b'", [":4:", "watches.1", "nothing names it"]),
        ("[[watches]]\nname='a'\nterms=['a']\ndomains=['acme']", [":4:", "full stop"]),
        ("[[watches]]\nname='a'\nterms=['a']\nexclude_authors=['@']", [":4:", "account's name"]),
        ("[[watches]]\nname='a'\nterms=['a']\nrelevance_from=3", [":4:", "relevance_from"]),
        ("[exclude]\nterm=['a']", [":2:", "did you mean 'terms'"]),
        ("[[watches]]\nname='a'\nterms=['']", [":3:", "terms.0", "write a word or a phrase"]),
        ("[[watches]]\nname='a'\nterms=[3]", [":3:", "terms.0", "write it in quotes"]),
    ],
)  # fmt: skip
def test_a_slip_in_a_watch_is_named_with_its_line_and_column(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(SettingsError) as why:
        read_settings(write(tmp_path, text))
    for word in said:
        assert word in str(why.value)

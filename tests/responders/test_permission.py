"""May we answer here: who must never be contacted comes first, then each platform's own rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from listener.mention import Mention
from responders.permission import Permission, Standing, as_name, permission_for, rules
from responders.settings import Settings
from tests.builders import a_mention, an_author, some_settings

EVERYWHERE = frozenset({"plaza", "x", "reddit", "bluesky", "mastodon", "lemmy", "discourse", "github", "youtube"})
STANDING = Standing(
    ours=frozenset({"harbourlight", "x:harbourlight_help"}),
    staff=frozenset({"ana", "x:ben"}),
    bots=frozenset({"mastodon:lampbot@talk.example"}),
    platforms_on=EVERYWHERE,
    reddit_approved_on=date(2026, 5, 3),
    subreddits=frozenset({"lamps"}),
)


def said(platform: str, handle: str = "mira", *, bot: bool = False, **changes: Any) -> Mention:
    return a_mention(1, platform=platform, author=an_author(handle, platform=platform, bot=bot), **changes)


def asked(mention: Mention, standing: Standing = STANDING, **known: bool) -> Permission:
    return permission_for(mention, standing, **known)


@pytest.mark.parametrize(
    ("mention", "rule"),
    [
        (said("x"), rules.X_SUMMONED),
        (said("x", to_us=False), rules.X_UNSUMMONED),
        (said("reddit", extra={"community": "diy"}), rules.REDDIT_NOT_LISTED),
        (said("reddit"), rules.REDDIT_NOT_LISTED),
        (said("bluesky"), rules.BLUESKY_TAGGED),
        (said("bluesky", to_us=False), rules.BLUESKY_UNTAGGED),
        (said("mastodon"), rules.MASTODON_TAGGED),
        (said("mastodon", extra={"visibility": "unlisted", "nobot": ""}), rules.MASTODON_TAGGED),
        (said("mastodon", to_us=False), rules.MASTODON_UNTAGGED),
        (said("mastodon", to_us=False, extra={"visibility": "private"}), rules.MASTODON_UNTAGGED),
        (said("mastodon", extra={"nobot": "1"}), rules.MASTODON_NOBOT),
        (said("mastodon", extra={"nobot": "1", "visibility": "direct"}), rules.MASTODON_NOBOT),
        (said("mastodon", extra={"visibility": "direct"}), rules.MASTODON_PRIVATE),
        (said("mastodon", extra={"visibility": "private"}), rules.MASTODON_PRIVATE),
        (said("hackernews"), rules.HACKER_NEWS),
        (said("stackexchange"), rules.STACK_EXCHANGE),
        (said("youtube"), rules.YOUTUBE),
        (said("lemmy"), rules.FORUM_ADDRESSED),
        (said("lemmy", to_us=False), rules.NOT_ADDRESSED),
        (said("discourse"), rules.FORUM_ADDRESSED),
        (said("discourse", to_us=False), rules.NOT_ADDRESSED),
        (said("github"), rules.GITHUB_ADDRESSED),
        (said("github", to_us=False), rules.NOT_ADDRESSED),
        (said("plaza", to_us=False), rules.PLAZA),
        (said("feed", url="https://lamps.example/review"), rules.PAGE),
        (said("mailbox", url="https://www.reddit.com/r/lamps/comments/1"), rules.PAGE),
        (said("link", url="https://news.ycombinator.com/item?id=1"), rules.HACKER_NEWS),
        (said("feed", url="https://diy.stackexchange.com/q/1"), rules.STACK_EXCHANGE),
        (said("a_new_one"), rules.ELSEWHERE),
    ],
)
def test_each_platform_has_its_rule(mention: Mention, rule: Permission) -> None:
    assert asked(mention) == rule


def test_every_rule_says_where_it_was_read_and_when() -> None:
    known = [value for value in vars(rules).values() if isinstance(value, Permission)]
    assert len(known) > 20
    for rule in known:
        assert rule.rule.endswith("."), rule
        assert rule.source, rule
        assert date(2024, 1, 1) <= rule.dated <= date(2026, 11, 23), rule


def test_software_speaks_on_reddit_only_with_approval_and_where_it_is_listed() -> None:
    there = said("reddit", extra={"community": "r/Lamps"})
    allowed = asked(there)
    assert (allowed.route, "3 May 2026" in allowed.rule, "r/lamps" in allowed.rule) == ("api", True, True)
    assert asked(there, replace(STANDING, reddit_approved_on=None)) == rules.REDDIT_UNAPPROVED
    assert asked(there, replace(STANDING, subreddits=frozenset())) == rules.REDDIT_NOT_LISTED


@pytest.mark.parametrize("platform", ["x", "bluesky", "mastodon", "lemmy", "github", "plaza"])
def test_without_a_way_to_post_a_person_answers(platform: str) -> None:
    assert asked(said(platform)).route == "api"
    assert asked(said(platform), replace(STANDING, platforms_on=frozenset())) == rules.ELSEWHERE


@pytest.mark.parametrize("platform", ["x", "plaza", "hackernews", "feed", "a_new_one"])
@pytest.mark.parametrize(
    ("changes", "known", "rule"),
    [
        ({"ours": True}, {}, rules.OURSELVES),
        ({"handle": "HarbourLight"}, {}, rules.OURSELVES),
        ({}, {"asked_to_stop": True}, rules.ASKED_TO_STOP),
        ({"bot": True}, {"asked_to_stop": True, "about_us": False}, rules.ASKED_TO_STOP),
        ({"handle": "Ana"}, {}, rules.STAFF),
        ({"bot": True}, {}, rules.SAYS_BOT),
        ({"bot": True}, {"about_us": False}, rules.SAYS_BOT),
        ({}, {"about_us": False}, rules.OF_OTHERS),
    ],
)
def test_who_must_not_be_contacted_comes_before_any_platform(
    platform: str, changes: dict[str, Any], known: dict[str, bool], rule: Permission
) -> None:
    assert asked(said(platform, **changes), **known) == rule


def test_a_name_may_be_meant_for_one_platform_only() -> None:
    assert asked(said("x", "harbourlight_help")) == rules.OURSELVES
    assert asked(said("plaza", "harbourlight_help")) == rules.PLAZA
    assert asked(said("x", "ben")) == rules.STAFF
    assert asked(said("plaza", "ben")) == rules.PLAZA
    assert asked(said("mastodon", "LampBot@talk.example")) == rules.KNOWN_BOT


def test_bots_that_everyone_knows_need_no_settings() -> None:
    known = asked(said("reddit", "AutoModerator"), Standing())
    assert (known.route, "Reddit" in known.source) == ("do_not_contact", True)
    assert asked(said("plaza", "AutoModerator"), Standing()).route == "by_hand"


def test_a_person_whose_handle_is_gone_is_nobody_else() -> None:
    assert asked(said("plaza", ""), replace(STANDING, ours=frozenset({""}))) == rules.PLAZA


@pytest.mark.parametrize(
    ("written", "name"),
    [("@Acme", "acme"), ("X:@Acme", "x:acme"), (" x:acme", "x:acme"), ("acme@a.example", "acme@a.example")],
)
def test_a_name_is_compared_without_its_marks(written: str, name: str) -> None:
    assert as_name(written) == name


def test_the_settings_give_the_standing() -> None:
    reddit = {"approved_on": date(2026, 5, 3), "subreddits": ["r/Lamps", "DIY"]}
    off = {"enabled": False}
    standing = some_settings(
        staff=["@Ana", "x:Ben"], bots=["digest_bot"], publishers={"reddit": reddit, "bluesky": off}
    ).standing
    assert standing == Standing(
        ours=frozenset({"harbourlight"}),
        staff=frozenset({"ana", "x:ben"}),
        bots=frozenset({"digest_bot"}),
        platforms_on=frozenset({"reddit"}),
        reddit_approved_on=date(2026, 5, 3),
        subreddits=frozenset({"lamps", "diy"}),
    )


@pytest.mark.parametrize(("said_on", "day"), [("2026-05-03", date(2026, 5, 3)), ("soon", None), (True, None)])
def test_an_approval_without_a_day_is_none(said_on: object, day: date | None) -> None:
    assert some_settings(publishers={"reddit": {"approved_on": said_on}}).standing.reddit_approved_on == day


@pytest.mark.parametrize(
    ("publisher", "source", "home"),
    [
        ({"base_url": "https://lamps.example"}, {"base_url": "https://other.example"}, "https://lamps.example"),
        ({}, {"base_url": "https://other.example"}, "https://other.example"),
        ({}, {"handle": "acme@lamps.example"}, "https://lamps.example"),
        ({}, {}, ""),
    ],
)
def test_our_mastodon_server_is_known_where_a_table_names_it(
    publisher: dict[str, str], source: dict[str, str], home: str
) -> None:
    settings = Settings.model_validate(
        {
            "responders": {"publishers": {"mastodon": publisher}},
            "listener": {"sources": {"mastodon": source}},
        }
    )
    assert settings.mastodon_home == home

"""What a person or a file brought may bear names that a platform does not give: it is not asked for by them."""

from __future__ import annotations

import pytest

from listener.mention import Mention
from listener.source import Source
from listener.sources.discourse import Settings as DiscourseSettings
from listener.sources.discourse import connect as discourse
from listener.sources.github import Settings as GitHubSettings
from listener.sources.github import connect as github
from listener.sources.lemmy import Settings as LemmySettings
from listener.sources.lemmy import connect as lemmy
from listener.sources.stackexchange import Settings as StackExchangeSettings
from listener.sources.stackexchange import connect as stackexchange
from listener.sources.youtube import Settings as YouTubeSettings
from listener.sources.youtube import connect as youtube
from tests.builders import a_mention
from tests.fakes import UNLIMITED
from tests.servers.scripted import Scripted, scripted


def opened(platform: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv("WARMLINE_YOUTUBE_READ_TOKEN", "a-key-for-the-test")
    match platform:
        case "discourse":
            return discourse(DiscourseSettings(base_url=url, timeout_s=0.5), ["lantern"], UNLIMITED)
        case "github":
            return github(GitHubSettings(base_url=url, timeout_s=0.5), ["lantern"], UNLIMITED)
        case "lemmy":
            return lemmy(LemmySettings(base_url=url, timeout_s=0.5), ["lantern"], UNLIMITED)
        case "stackexchange":
            return stackexchange(StackExchangeSettings(base_url=url, timeout_s=0.5), ["lantern"], UNLIMITED)
    return youtube(YouTubeSettings(base_url=url, timeout_s=0.5, channels=("UC1",)), [], UNLIMITED)


BROUGHT: list[tuple[str, Mention]] = [
    ("discourse", a_mention(post_id="row:1")),
    ("discourse", a_mention(post_id="7/3", extra={"id": "3/../../admin"})),
    ("github", a_mention(post_id="row:1")),
    ("github", a_mention(post_id="o/r#1", extra={"api_path": "https://elsewhere.example/repos/o/r/issues/1"})),
    ("lemmy", a_mention(post_id="row:1")),
    ("lemmy", a_mention(post_id="https://l.example/post/1", extra={"kind": "user", "local_id": "1"})),
    ("stackexchange", a_mention(post_id="row:abc")),
    ("stackexchange", a_mention(post_id="stackoverflow:1", extra={"kind": "comment"})),
    ("stackexchange", a_mention(post_id="stackoverflow:1;2", extra={"kind": "answer"})),
    ("youtube", a_mention(post_id="row:abc")),
]


@pytest.mark.parametrize(("platform", "brought"), BROUGHT)
def test_it_is_left_out_and_nobody_is_called(platform: str, brought: Mention, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted() as server:
        source = opened(platform, server.url, monkeypatch)
        assert source.reread([brought]) == {}
        assert asked(server) == 0
        source.close()


def asked(server: Scripted) -> int:
    return len(server.asked)

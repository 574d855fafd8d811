"""What an issue, a pull request or a comment on GitHub says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from listener.listing import count, moment, number, word
from listener.markdown_links import links_in
from listener.mention import Author, Mention

PLATFORM = "github"


def parse(raw: Mapping[str, Any], account: str = "") -> Mention:
    """The mention in an issue, a pull request or a comment. Raises where something needed is missing."""
    comments = "issue_url" in raw
    owner, name, _, nth = word(raw, "issue_url" if comments else "url").split("/")[-4:]
    issue, body, api_id = f"{owner}/{name}#{nth}", raw.get("body") or "", number(raw, "id")
    author = _author(raw.get("user") or {"login": "ghost", "id": 10137})  # whom GitHub shows where an account is gone
    path = f"/repos/{owner}/{name}/issues/" + (f"comments/{api_id}" if comments else nth)
    return Mention(
        platform=PLATFORM,
        post_id=f"{issue}:{api_id}" if comments else issue,
        author=author,
        text=body if comments else f"{word(raw, 'title')}\n\n{body}".strip(),
        posted_at=time_of(raw),
        url=word(raw, "html_url"),
        in_reply_to=issue if comments else None,
        thread_id=issue,
        likes=count(raw.get("reactions"), "+1"),
        replies=count(raw, "comments"),
        to_us=bool(account) and f"@{account}" in re.findall(r"(?<!\w)@[\w-]+", body.lower()),
        ours=bool(account) and author.handle.lower() == account,
        links=tuple(links_in(body)),
        extra={"community": f"{owner}/{name}", "api_path": path},
    )


def _author(user: Mapping[str, Any]) -> Author:
    bot = user.get("type") == "Bot"
    return Author(PLATFORM, str(number(user, "id")), word(user, "login"), url=user.get("html_url") or "", bot=bot)


def time_of(raw: Mapping[str, Any]) -> datetime:
    return moment(word(raw, "created_at"))

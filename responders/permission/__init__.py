"""May we answer here? Asked before anyone spends a minute on a draft, and answered with the rule and its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from listener.mention import Author, Mention
from responders.by_hand import platform_at
from responders.permission import rules
from responders.permission.rules import Permission, Route
from responders.permission.standing import Standing, as_name, as_subreddit, is_among

__all__ = ["Permission", "Route", "Standing", "as_name", "is_among", "permission_for"]

# What came by these came from some other place, which has its own rules.
ONLY_A_PAGE = ("feed", "mailbox", "link")


def permission_for(
    mention: Mention, standing: Standing, *, about_us: bool = True, doubted: bool = False, asked_to_stop: bool = False
) -> Permission:
    """How this mention may be answered. `asked_to_stop`: its author is on the do-not-contact list.

    `doubted`: where it is not about us, it names us all the same.

    First who must never be contacted, whatever a platform allows; then what is none of ours; then the platform's rule;
    and by hand where that rule would let us, but we have no way to post there.
    """
    if (nobody := _not_to_be_contacted(mention, standing, asked_to_stop)) is not None:
        return nobody
    if not about_us:
        return rules.OF_ANOTHER_NAME if doubted else rules.OF_OTHERS
    permission = _by_platform(mention, standing)
    can_post = mention.platform in standing.platforms_on
    return permission if can_post or permission.route != "api" else rules.ELSEWHERE


def _not_to_be_contacted(mention: Mention, standing: Standing, asked_to_stop: bool) -> Permission | None:
    author = mention.author
    if mention.ours or is_among(author, standing.ours):
        return rules.OURSELVES
    if asked_to_stop:
        return rules.ASKED_TO_STOP
    if is_among(author, standing.staff):
        return rules.STAFF
    return _bot(author, standing)


def _bot(author: Author, standing: Standing) -> Permission | None:
    if author.bot:
        return rules.SAYS_BOT
    if is_among(author, standing.bots):
        return rules.KNOWN_BOT
    built_in = rules.BOTS.get(f"{author.platform}:{author.handle.lower()}")
    return replace(rules.KNOWN_BOT, source=built_in) if built_in else None


def _by_platform(mention: Mention, standing: Standing) -> Permission:
    if mention.platform in ONLY_A_PAGE:
        return _page(mention)
    rule = _PLATFORMS.get(mention.platform)
    return rule(mention, standing) if rule else rules.ELSEWHERE


def _page(mention: Mention) -> Permission:
    """A page is answered by the rules of the place it leads to, as far as those are stricter than "by hand"."""
    strict = {"hackernews": rules.HACKER_NEWS, "stackexchange": rules.STACK_EXCHANGE}
    return strict.get(platform_at(mention.url), rules.PAGE)


def _x(mention: Mention, _: Standing) -> Permission:
    return rules.X_SUMMONED if mention.to_us else rules.X_UNSUMMONED


def _reddit(mention: Mention, standing: Standing) -> Permission:
    if standing.reddit_approved_on is None:
        return rules.REDDIT_UNAPPROVED
    community = mention.extra.get("community", "")
    if as_subreddit(community) not in standing.subreddits:
        return rules.REDDIT_NOT_LISTED
    said = rules.REDDIT_ALLOWED.rule.format(
        approved_on=f"{standing.reddit_approved_on:%-d %b %Y}", community=as_subreddit(community)
    )
    return replace(rules.REDDIT_ALLOWED, rule=said)


def _bluesky(mention: Mention, _: Standing) -> Permission:
    return rules.BLUESKY_TAGGED if mention.to_us else rules.BLUESKY_UNTAGGED


def _mastodon(mention: Mention, _: Standing) -> Permission:
    if mention.extra.get("nobot", "").lower() not in ("", "0", "false", "no"):
        return rules.MASTODON_NOBOT
    if not mention.to_us:
        return rules.MASTODON_UNTAGGED
    private = mention.extra.get("visibility") in ("direct", "private")
    return rules.MASTODON_PRIVATE if private else rules.MASTODON_TAGGED


def _forum(mention: Mention, _: Standing) -> Permission:
    return rules.FORUM_ADDRESSED if mention.to_us else rules.NOT_ADDRESSED


def _github(mention: Mention, _: Standing) -> Permission:
    return rules.GITHUB_ADDRESSED if mention.to_us else rules.NOT_ADDRESSED


def _always(permission: Permission) -> Callable[[Mention, Standing], Permission]:
    return lambda _mention, _standing: permission


_PLATFORMS: Mapping[str, Callable[[Mention, Standing], Permission]] = {
    "plaza": _always(rules.PLAZA),
    "x": _x,
    "reddit": _reddit,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "hackernews": _always(rules.HACKER_NEWS),
    "stackexchange": _always(rules.STACK_EXCHANGE),
    "youtube": _always(rules.YOUTUBE),
    "discourse": _forum,
    "lemmy": _forum,
    "github": _github,
}

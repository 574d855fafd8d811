"""What hearing Bluesky costs by our own XRPC over httpx, beside the atproto SDK: start, memory, a page of posts.

Each figure is the best of several fresh processes, so that another's noise on the machine counts least. The SDK is no
dependency of ours: where it can't be imported, one line says so.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

ROUNDS = 5
POSTS = 100

# Runs in every child. Processor time rather than the clock's, so that a busy machine tells the same.
FRAME = """
import json, resource, sys, time
def now(): return time.process_time()
def rss(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
page, used, began = sys.stdin.buffer.read(), rss(), now()
import httpx, pydantic
shared = [now() - began, rss() - used]
used, began = rss(), now()
{load}
own = [now() - began, rss() - used]
{read}
times = []
for _ in range(20):
    began = now()
    assert len(read()) == {posts}
    times.append(now() - began)
print(json.dumps([*shared, *own, min(times)]))
"""
OURS = (
    "from listener.sources.bluesky import parse",
    "def read(): return [parse(post) for post in json.loads(page)['posts']]",
)
SDK = (
    "from atproto import Client, models",
    "def read(): return models.get_or_create(json.loads(page), models.AppBskyFeedSearchPosts.Response).posts",
)


def main() -> None:
    """Print both, and ours as a share of the SDK's."""
    if importlib.util.find_spec("atproto") is None:
        print("bluesky client: skipped, the atproto SDK is not installed here (pip install atproto)")
        return
    page = json.dumps({"posts": [post(number) for number in range(POSTS)]}).encode()
    ours, sdk = measure(OURS, page), measure(SDK, page)
    print(f"bluesky client, Python {sys.version.split()[0]}: ours | atproto SDK | ours as a share of it")
    print(
        f"  httpx and pydantic, which Warmline imports anyway: {ours[0] * 1000:.0f} ms, {ours[1]:.0f} MB; beyond these:"
    )
    rows = (("import, ms", 1000, 2), ("import, MB of RSS", 1, 3), (f"{POSTS} posts from JSON, ms", 1000, 4))
    for name, scale, column in rows:
        print(
            f"  {name:<24} {ours[column] * scale:8.1f} | {sdk[column] * scale:8.1f} | {ours[column] / sdk[column]:.3f}"
        )


def measure(what: tuple[str, str], page: bytes) -> list[float]:
    """Seconds and MB to import what is shared, then the client's own, then seconds a page: the least of all runs."""
    code = FRAME.format(load=what[0], read=what[1], posts=POSTS)
    here = Path(__file__).resolve().parent.parent
    runs = [
        json.loads(
            subprocess.run([sys.executable, "-c", code], input=page, capture_output=True, check=True, cwd=here).stdout
        )
        for _ in range(ROUNDS)
    ]
    return [min(column) for column in zip(*runs, strict=True)]


def post(number: int) -> dict[str, object]:
    """An invented post as searchPosts shows it, with a link and a reply."""
    uri = f"at://did:plc:{'abcdefghijklmnopqrstuvwx'}/app.bsky.feed.post/3k{number:011}"
    cid = "bafyreidkifk2tdai7epwm5la6mgfbhopb6xve6wny7wjgntdpsq3ixpmyq"
    link = {"$type": "app.bsky.richtext.facet#link", "uri": f"https://pier.example/{number}"}
    record = {
        "$type": "app.bsky.feed.post",
        "text": f"My lantern number {number} hisses when the wind turns. pier.example/{number}",
        "createdAt": "2026-11-20T12:00:00.000Z",
        "langs": ["en"],
        "facets": [{"index": {"byteStart": 45, "byteEnd": 60}, "features": [link]}],
        "reply": {"root": {"uri": uri, "cid": cid}, "parent": {"uri": uri, "cid": cid}},
    }
    author = {"did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "mara.test", "displayName": "Mara", "labels": []}
    counts = {"likeCount": 4, "repostCount": 2, "replyCount": 1, "quoteCount": 0}
    shown = {"uri": uri, "cid": cid, "author": author, "record": record, "indexedAt": "2026-11-20T12:00:00.000Z"}
    return {**shown, **counts, "labels": [], "viewer": {"threadMuted": False}}


if __name__ == "__main__":
    main()

"""The desk as a person has it before them: with JavaScript and without, by mouse and by keys alone, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from listener.rules import Rule
from responders.about import thumb
from responders.draft import ASIDE, Draft, State
from responders.office import Office
from tests.builders import NOON, a_mention, an_author
from tests.responders.desk.seeded import TO_MIRA, approved, hear, hold, not_known, someone

Visit = Callable[..., Any]
NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>\u202e\u0301" + "\u0316" * 8


def test_without_javascript_exactly_the_text_in_the_box_is_approved(visit: Visit, office: Office) -> None:
    draft, following = someone(office, 1), someone(office, 2)
    page = visit(java_script_enabled=False)
    page.get_by_role("link", name="Mira").click()
    box = page.get_by_label("We would say")
    assert box.input_value() == TO_MIRA
    box.fill("Dear Mira,\n\nwhich bulb is in it?  & is it still <3? 👩🏽‍🔧\n– Ana")
    page.get_by_role("button", name="Approve exactly this").click()
    assert page.url.endswith(f"/mentions/{following.mention_id}?done=approved&of={draft.mention_id}")
    now = office.queue.get(draft.draft_id)
    assert (now.state, now.approved_by) == (State.APPROVED, "Ana")
    assert now.text == "Dear Mira,\n\nwhich bulb is in it?  & is it still <3? 👩🏽‍🔧\n– Ana"
    page.get_by_role("button", name="Undo").click()
    assert office.queue.get(draft.draft_id).state is State.HELD


def test_without_javascript_an_untouched_draft_is_approved_as_it_was(visit: Visit, office: Office) -> None:
    draft = someone(office, 1, text="One line.\n\n  And an indented one.")
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_role("button", name="Approve exactly this").click()
    now = office.queue.get(draft.draft_id)
    assert (now.state, now.revision, now.text_sha256) == (State.APPROVED, 1, draft.text_sha256)


def test_without_javascript_a_no_with_its_reason(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_text("No reply, on purpose").click()
    page.get_by_label("joke, not ours to join").check()
    page.get_by_role("button", name="Leave it without a reply").click()
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert (outcome.outcome, outcome.reason) == ("no_reply", "joke, not ours to join")


def by_hand_on_x(office: Office) -> Draft:
    """Mira says something on X that software may not answer."""
    author = an_author("mira", platform="x", url="https://x.com/mira")
    said = a_mention(1, platform="x", post_id="1857", author=author, to_us=False, url="https://x.com/mira/status/1857")
    return hold(office, hear(office, said), route="by_hand")


@pytest.mark.parametrize("javascript", [False, True])
def test_a_reply_that_a_person_posts_by_hand(visit: Visit, office: Office, javascript: bool) -> None:
    draft = by_hand_on_x(office)
    page = visit(java_script_enabled=javascript)
    assert page.get_by_text("by hand", exact=True).is_visible()
    page.get_by_role("link", name="Mira").click()
    page.get_by_text("You will post this by hand.").wait_for()
    text = "A buzz after an hour isn’t right & 100% odd.\nWhich bulb is in it? 💡"
    page.get_by_label("We would say").fill(text)
    page.get_by_role("button", name="Approve, and post it myself").click()
    assert page.get_by_label("Copy the text").input_value() == text
    copy = page.get_by_role("button", name="Copy")
    copy.wait_for(state="visible" if javascript else "detached")
    compose = urlsplit(page.get_by_role("link", name="Open on X with this text").get_attribute("href"))
    assert (compose.netloc, compose.path) == ("x.com", "/intent/tweet")
    assert parse_qs(compose.query) == {"in_reply_to": ["1857"], "text": [text]}
    link = page.get_by_label("Paste the link of your reply")
    link.fill("https://x.com/us/status/1858")
    page.get_by_role("button", name="It is posted").click()
    page.get_by_text("is recorded as posted").wait_for()
    assert office.queue.get(draft.draft_id).state is State.SENT


def test_the_approved_text_is_copied_as_it_is(visit: Visit, office: Office) -> None:
    draft = approved(office, by_hand_on_x(office), State.BY_HAND)
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == TO_MIRA


def test_without_javascript_a_person_is_left_alone_and_may_be_contacted_again(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_text("Do not contact them again").click()
    page.get_by_role("complementary").get_by_role("combobox").select_option("they asked us to stop")
    page.get_by_role("button", name="Put them on the do-not-contact list").click()
    page.get_by_text("We do not contact them.").wait_for()
    assert page.locator("textarea").count() == 0
    assert office.queue.get(draft.draft_id).state is State.SUPERSEDED
    page.get_by_text("Take them off the list").click()
    page.get_by_label("Why", exact=True).fill("she wrote again")
    page.get_by_role("button", name="They may be contacted again").click()
    page.get_by_role("button", name="Reopen it").click()
    page.locator("textarea").wait_for()
    assert office.queue.draft_of(draft.mention_id) is not None


def test_enter_beside_the_reason_does_not_approve(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_text("Decline this draft").click()
    page.locator("#draft").get_by_label("In your own words").last.fill("not now")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?done=declined*")
    assert office.queue.get(draft.draft_id).state is State.DECLINED


def test_by_keys_alone(visit: Visit, office: Office) -> None:
    first, second, third = (someone(office, number) for number in (1, 2, 3))
    page = visit()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/mentions/{second.mention_id}")
    page.keyboard.press("j")
    page.wait_for_url(f"**/mentions/{third.mention_id}")
    page.keyboard.press("k")
    page.wait_for_url(f"**/mentions/{second.mention_id}")
    page.keyboard.press("e")
    page.keyboard.press("Control+End")
    page.keyboard.type(" jk?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/mentions/{third.mention_id}?done=approved*")
    assert office.queue.get(second.draft_id).text == TO_MIRA + " jk?"
    assert office.queue.get(second.draft_id).state is State.APPROVED
    assert office.queue.get(first.draft_id).state is State.HELD
    assert "It goes out in" in page.get_by_role("status").first.inner_text()
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"/$"))
    page.keyboard.press("?")
    page.wait_for_url("**/keys")


def test_one_key_says_that_it_was_sorted_right(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit()
    page.goto(f"/mentions/{draft.mention_id}")
    page.keyboard.press("y")
    page.get_by_text("was sorted right").wait_for()
    assert office.taught.corrections_of(draft.mention_id)["sentiment"].meant == "negative"


def test_without_javascript_it_is_corrected_and_taken_back(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_text("Is this right?").click()
    page.get_by_label("glad").check()
    page.get_by_label("Where it belongs").select_option("praise")
    page.get_by_role("button", name="Correct it").click()
    page.get_by_text("is sorted as you say").wait_for()
    assert [card.mention_id for card in office.inbox.waiting(lane="praise")[0]] == [draft.mention_id]
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("is sorted as before").wait_for()
    assert office.inbox.waiting(lane="praise")[0] == []


def test_without_javascript_a_doubt_is_settled_on_the_list(visit: Visit, office: Office) -> None:
    draft = someone(office, 1, unsure=True)
    page = visit(java_script_enabled=False)
    page.get_by_role("link", name="Not sure").click()
    page.get_by_role("button", name="unhappy").click()
    page.get_by_text("Nobody waits for an answer here").wait_for()
    assert office.taught.corrections_of(draft.mention_id)["sentiment"].meant == "negative"


def test_ctrl_enter_needs_the_box(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit()
    page.goto(f"/mentions/{draft.mention_id}")
    page.keyboard.press("Control+Enter")
    page.get_by_label("We would say").focus()
    assert page.url.endswith(f"/mentions/{draft.mention_id}")
    assert office.queue.get(draft.draft_id).state is State.HELD


def test_letters_can_be_switched_off(visit: Visit, office: Office) -> None:
    someone(office, 1)
    page = visit()
    page.goto("/keys")
    page.get_by_label("Use single letters as keys").uncheck()
    page.get_by_role("link", name="Queue").click()
    page.wait_for_url(re.compile(r"/$"))
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_everything_can_be_reached_with_tab(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit(java_script_enabled=False)
    page.goto(f"/mentions/{draft.mention_id}")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():
            seen.add((focused.inner_text() or focused.get_attribute("name") or "").strip())
    assert {"Approve exactly this", "Save, decide later", "text", "No reply, on purpose", "Sign out"} <= seen


def test_the_length_follows_what_is_typed(visit: Visit, office: Office) -> None:
    draft = someone(office, 1)
    page = visit()
    page.goto(f"/mentions/{draft.mention_id}")
    page.get_by_label("We would say").fill("four")
    assert page.locator("#length").inner_text() == "4 of 500 characters"
    page.get_by_label("We would say").fill("x" * 501)
    assert "over" in page.locator("#length").get_attribute("class")


def test_newcomers_are_announced_and_not_pushed_in(visit: Visit, office: Office) -> None:
    someone(office, 1)
    page = visit()
    someone(office, 2, priority="urgent")
    someone(office, 3)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    news = page.get_by_role("link", name="2 new, show")
    news.wait_for()
    assert page.locator("[data-mention]").count() == 1
    news.click()
    page.locator("[data-mention]").nth(2).wait_for()


def test_foreign_words_run_nothing_and_move_nothing(visit: Visit, office: Office) -> None:
    author = an_author("mira", name=NASTY, url="javascript:alert(1)")
    draft = hold(office, hear(office, a_mention(1, author=author, text=NASTY, url="javascript:alert(1)")), NASTY)
    page = visit()
    for path in ("/", f"/mentions/{draft.mention_id}", "/search?q=alert"):
        page.goto(path)
        assert NASTY in page.content() or page.get_by_text("<script>alert(1)</script>").count()
        assert page.locator("main script, main img, main style").count() == 0
        assert page.locator("a[href^=javascript]").count() == 0
    assert page.locator("main").is_visible()


@pytest.fixture
def all_pages(office: Office) -> list[str]:
    """The address of every kind of page, each with something on it."""
    long = "lampwithoutanyspaces" * 12
    author = an_author("a_handle_as_long_as_they_come_on_any_platform", name="A display name that does not want to end")
    old = a_mention(90, text=f"First time here! {long}", author=author, posted_at=NOON - timedelta(days=40))
    hear(office, old)
    wide = hold(office, hear(office, a_mention(91, text=f"Look: {long}", author=author), priority="urgent"), long)
    by_hand = approved(office, someone(office, 3, route="by_hand"), State.BY_HAND)
    unknown = not_known(office, someone(office, 4))
    office.controls.pause("Ana", "a storm", office.now())
    on_its_way = approved(office, someone(office, 5))
    left_alone = someone(office, 6)
    office.contact.put_on(office.archive.get(left_alone.mention_id), f"they asked: {long}", "Ana", office.now())
    unsure = someone(office, 7, unsure=True, intent="recommendation", priority="high")
    learned_from(office, long)
    ruled(office, unsure, long)
    numbers = [draft.mention_id for draft in (wide, by_hand, unknown, on_its_way, left_alone, unsure)]
    mentions = [f"/mentions/{number}" for number in numbers]
    taught = ["/?unsure=1", *(f"/aside?why={why}" for why in ASIDE), "/judgement", "/judgement/check?draw=1-99"]
    marked = ["/?assigned=Ana", "/?tag=none", "/rules", "/rules?edit=1", "/rules?try=1", "/link"]
    plain = ["/", "/answered", "/listening", "/watches", "/search?q=lamp", "/search", "/keys"]
    return [*plain, *marked, *taught, *mentions]


def ruled(office: Office, draft: Draft, long: str) -> None:
    """A rule with a long name, what it did to one that waits, and thumbs on some that were set aside."""
    rule = Rule(name="n" * 60, condition=f"lamp OR {long}", assign="A" * 60, tags=("t" * 30,), alert=True)
    office.rules.add(rule, "Ana", office.now())
    number, by = draft.mention_id, f"by your rule “{rule.name}”"
    office.marks.assign(number, rule.assign, "warmline", office.now(), by)
    office.marks.tag(number, rule.tags[0], "warmline", office.now(), by)
    office.alerts.ring(number, rule.name, office.now())
    places = [hear(office, a_mention(60 + n, author=an_author(f"{long}{n}"), text=long)) for n in range(3)]
    for why, other in zip(("not_about_us", "echo", "rule"), places, strict=True):
        office.queue.set_aside(other, why)  # type: ignore[arg-type]
        thumb(office, other, "us", False, "Ana")


def learned_from(office: Office, long: str) -> None:
    """Words of several people that were corrected, one of them set aside as spam and another as too old."""
    for number in range(70, 76):
        said = a_mention(number, author=an_author(f"p{number}"), text=f"This one is sick {long}")
        triage = {"sentiment": "negative" if number % 2 else "unscored", "words": (("sick", -2.3),), "negative": 0.8}
        mention_id = hear(office, said, reasons=(f"looks like an advertisement: {long}",), **triage)
        office.queue.set_aside(mention_id, "spam" if number % 3 else "older")
        office.taught.correct(mention_id, "sentiment", "positive", "Ana", office.now(), sampled=number % 2 == 0)
        for about, meant in (("lane", "spam"), ("intent", "recommendation")):
            office.taught.correct(mention_id, about, meant, "Ana", office.now())


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_reads_and_can_be_hit(visit: Visit, all_pages: list[str], width: int, scheme: str) -> None:  # fmt: skip  # noqa: E501
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in all_pages:
        page.goto(path)
        assert page.evaluate(UNNAMED) == [], path
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, "overflows")
        assert page.evaluate(SMALL_TARGETS) == [], path
        assert page.evaluate(PALE_TEXT) == [], path


# WCAG 1.3.1, 2.4.6, 4.1.1: every field and button has a name, no address in the page is given twice, one first heading.
UNNAMED = """() => {
  const named = (e) => (e.labels && [...e.labels].some((l) => l.textContent.trim())) || e.getAttribute('aria-label')
    || e.getAttribute('aria-labelledby') || (e.matches('button, a, summary') && e.textContent.trim());
  const wrong = [...document.querySelectorAll('button, a, summary, input:not([type=hidden]), select, textarea')]
    .filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 80));
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  wrong.push(...ids.filter((id, at) => ids.indexOf(id) !== at));
  if (document.querySelectorAll('h1').length !== 1) wrong.push('h1');
  return wrong; }"""

# WCAG 2.5.8: what stands in a line of text is excepted.
SMALL_TARGETS = """() => [...document.querySelectorAll(
  'button, input:not([type=hidden]), select, textarea, summary, nav a, .foot a, .brand')]
  .filter((e) => e.checkVisibility()).map((e) => [e.outerHTML.slice(0, 80), e.closest('.choice') || e])
  .filter(([, e]) => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
  .map(([html]) => html)"""

# WCAG 1.4.3: every run of text against the nearest painted background behind it.
PALE_TEXT = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; }
    return [255, 255, 255]; };
  const pale = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    if (e.classList.contains('unseen') || e.classList.contains('skip')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) pale.push([e.outerHTML.slice(0, 80), ratio]);
  }
  return pale; }"""

"""Rules at the desk: written, tried, made live, moved, and never by anything but our own forms."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from listener.rules import Rule
from responders.office import Office
from tests.builders import NOON, a_mention
from tests.responders.desk.seeded import Visitor, hear, hold, rows

TRY = "/rules/try#tried"
TYPED = {"name": "Refunds", "condition": "refund", "assign": "Ana", "tags": "#Refund, money", "alert": "1"}


def write(visitor: Visitor, path: str = "/rules/keep", **changes: str) -> tuple[int, str]:
    """Type a rule into the form, and press one of its buttons."""
    form = visitor.form(visitor.read("/rules"), TRY)
    answer = visitor.web.post(path, data=form | TYPED | changes)
    return answer.status_code, html.unescape(answer.text)


def press(visitor: Visitor, rule: Rule, verb: str) -> int:
    path = f"/rules/{rule.rule_id}/{verb}"
    return visitor.send(path, visitor.read("/rules")).status_code


def test_a_rule_is_kept_as_a_draft_and_then_made_live(visitor: Visitor, office: Office) -> None:
    assert write(visitor)[0] == 303
    (rule,) = office.rules.all()
    assert (rule.state, rule.tags, rule.alert, rule.person) == ("draft", ("refund", "money"), True, "Ana")
    assert press(visitor, rule, "live") == 303
    assert office.rules.live() == (office.rules.get(rule.rule_id),)
    assert press(visitor, rule, "off") == 303
    assert office.rules.live() == ()
    assert press(visitor, rule, "remove") == 303
    assert office.rules.all() == ()


def test_trying_shows_what_would_change_and_keeps_nothing(visitor: Visitor, office: Office) -> None:
    first = office.rules.add(Rule("Lamps", "lamp", tags=("lamp",)), "Ana", office.now())
    office.rules.set_state(first.rule_id, "live", "Ana", office.now())
    hear(office, a_mention(1, text="a refund please"))
    hear(office, a_mention(2, text="a refund for my lamp <b>"))
    hear(office, a_mention(3, text="hello"))
    visitor.read("/rules")
    before = rows(office)
    status, page = write(visitor, "/rules/try", days="30")
    assert status == 200
    assert "held for <strong>2</strong> of 3 mentions of the last 30 days; an earlier rule takes 1 of them" in page
    assert "By your rule “Refunds”: assigned to Ana; tagged refund, money; alert" in page
    assert "Your rule “<bdi>Lamps</bdi>” comes first." in page
    assert 'value="Refunds"' in page  # nothing typed is lost
    assert rows(office) == before


def test_what_is_wrong_stands_beside_its_field_with_a_caret(visitor: Visitor, office: Office) -> None:
    for path in ("/rules/keep", "/rules/try"):
        status, page = write(visitor, path, condition="refund AND (lamp")
        assert status == 422
        assert "This ( is never closed" in page
        assert '<pre class="pointed">  refund AND (lamp\n             ^</pre>' in page
        assert 'aria-describedby="condition-hint condition-wrong" aria-invalid="true"' in page
    assert "Give it a name" in write(visitor, name=" ")[1]
    assert "no such lane" in write(visitor, lane="spam")[1].lower()
    assert "write a number of days" in write(visitor, "/rules/try", days="9999")[1].lower()
    nothing = {"assign": "", "tags": "", "alert": ""}
    assert "Say what it should do" in write(visitor, **nothing)[1]
    assert office.rules.all() == ()


def test_what_is_typed_is_only_ever_shown(visitor: Visitor) -> None:
    form = visitor.form(visitor.read("/rules"), TRY)
    typed = {"name": '"><script>x', "condition": "</textarea><script>x", "days": "1"}
    page = visitor.web.post("/rules/try", data=form | TYPED | typed).text
    assert "<script>x" not in page


def test_editing_makes_it_a_draft_again(visitor: Visitor, office: Office) -> None:
    write(visitor)
    (rule,) = office.rules.all()
    press(visitor, rule, "live")
    page = visitor.read(f"/rules?edit={rule.rule_id}")
    assert "refund money" in page
    form = visitor.form(page, TRY)
    assert form["rule_id"] == str(rule.rule_id)
    visitor.web.post("/rules/keep", data=form | TYPED | {"name": "Money back"})
    (changed,) = office.rules.all()
    assert (changed.rule_id, changed.name, changed.state) == (rule.rule_id, "Money back", "draft")


def test_rules_are_listed_in_order_with_what_they_did(visitor: Visitor, office: Office) -> None:
    write(visitor)
    write(visitor, name="Press", condition="press")
    first, second = office.rules.all()
    press(visitor, second, "up")
    assert [rule.name for rule in office.rules.all()] == ["Press", "Refunds"]
    press(visitor, second, "down")
    assert [rule.name for rule in office.rules.all()] == ["Refunds", "Press"]
    hear(office, a_mention(1), rule="Refunds")
    page = visitor.read("/rules")
    assert "a draft · 1 in the last 30 days" in page
    assert page.index("Refunds</bdi>") < page.index("Press</bdi>")
    assert first.rule_id != second.rule_id


def test_trying_a_kept_rule_asks_only_those_before_it(visitor: Visitor, office: Office) -> None:
    for name, condition in (("One", "refund"), ("Two", "refund OR lamp")):
        rule = office.rules.add(Rule(name, condition, tags=("x",)), "Ana", office.now())
        office.rules.set_state(rule.rule_id, "live", "Ana", office.now())
    hear(office, a_mention(1, text="refund", posted_at=NOON - timedelta(hours=1)))
    one, two = office.rules.all()
    assert "takes 1 of them" not in visitor.read(f"/rules?try={one.rule_id}")
    assert "takes 1 of them" in visitor.read(f"/rules?try={two.rule_id}")


def test_a_rule_that_can_no_longer_be_read_says_so_and_stays_off(visitor: Visitor, office: Office) -> None:
    write(visitor)
    office.db.execute("UPDATE rules SET condition = 'colour:red'")
    (rule,) = office.rules.all()
    assert "It is passed over: there is no field colour:" in visitor.read("/rules")
    assert press(visitor, rule, "live") == 422
    assert office.rules.live() == ()
    for way in ("edit", "try"):
        assert "There is no field colour:" in visitor.read(f"/rules?{way}={rule.rule_id}")


def test_a_rule_for_a_watch_that_was_renamed_says_so(visitor: Visitor) -> None:
    write(visitor, condition="refund watch:harbor")
    assert "There is no watch harbor; there are:" in html.unescape(visitor.read("/rules"))
    assert "Column 8: “and” is looked for as a word" in write(visitor, "/rules/try", condition="refund and lamp")[1]


def test_what_a_rule_is_called_and_whom_it_names_is_only_ever_shown(visitor: Visitor, office: Office) -> None:
    """On every page that tells of it, alerts and the queue among them."""
    nasty = "<script>x</script>\"'><img src=x>"
    rule = office.rules.add(Rule(nasty, "buzzes", assign=nasty, alert=True, no_reply=""), nasty, office.now())
    office.rules.set_state(rule.rule_id, "live", nasty, office.now())
    number = hear(
        office, a_mention(1, text="@harbourlight it buzzes"), rule=nasty, reasons=(f"by your rule “{nasty}”",)
    )
    hold(office, number)
    office.marks.assign(number, nasty, nasty, office.now())
    office.alerts.ring(number, nasty, office.now())
    for path in ("/", "/rules", f"/rules?edit={rule.rule_id}", f"/rules?try={rule.rule_id}", f"/mentions/{number}"):
        page = visitor.read(path)
        assert "<script>x" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("path", ["/rules?edit=7", "/rules?try=x", "/rules?edit=99999999999999999999"])
def test_a_rule_there_is_none_of_is_not_found(visitor: Visitor, path: str) -> None:
    visitor.read(path, 404)


@pytest.mark.parametrize("path", ["/rules/try", "/rules/keep", "/rules/1/live", "/rules/1/remove", "/alerts/seen"])
def test_nothing_happens_without_our_own_form(visitor: Visitor, office: Office, path: str) -> None:
    write(visitor)
    before = office.rules.all()
    assert visitor.web.post(path, data=TYPED).status_code == 403
    assert visitor.web.get(path).status_code == 405
    assert office.rules.all() == before

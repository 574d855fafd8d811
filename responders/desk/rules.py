"""The page where the manager writes rules: try one on what was heard, keep it, make it live."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from listener.query.error import pointed_at
from listener.rules import FIELDS, LANES, Rule, Unfit, fit, notes_on
from listener.tryout import Tried
from responders.desk.actions import Asked, asked_in
from responders.desk.frame import desk_of, show
from responders.desk.view import is_number
from responders.office import Office
from responders.trying import DAYS, MOST, tried_apart

MOST_DAYS = 365
EMPTY = {"name": "", "condition": "", "lane": "", "assign": "", "tags": "", "alert": "", "no_reply": "", "rule_id": ""}


async def listed(request: Request) -> Response:
    """The rules in their order, and a form: empty, or filled with the rule that the address names to edit or try."""
    office = desk_of(request).office
    if number := request.query_params.get("edit", ""):
        return _edited(request, _kept(office, number))
    if number := request.query_params.get("try", ""):
        rule = _kept(office, number)
        try:
            return _page(request, _as_form(rule), tried=await run_in_threadpool(tried_apart, office, rule))
        except Unfit:
            return _edited(request, rule)
    return _page(request, EMPTY)


def _edited(request: Request, rule: Rule, status: int = 200) -> Response:
    """A kept rule in the form, with what is wrong with it by today's rules, if anything is."""
    try:
        fit(rule)
    except Unfit as why:
        return _page(request, _as_form(rule), why, status=status)
    return _page(request, _as_form(rule))


async def try_it(request: Request) -> Response:
    """What the rule in the form would have done; nothing is kept, and nothing typed is lost."""
    asked = await asked_in(request)
    form = EMPTY | {name: asked.form.get(name, "") for name in EMPTY}
    try:
        rule, days = fit(_rule(asked.office, form)), _days(asked.form.get("days", ""))
        found = await run_in_threadpool(tried_apart, asked.office, rule, days)
    except Unfit as why:
        return _page(request, form, why, status=422)
    return _page(request, form, tried=found, days=days)


async def keep(request: Request) -> Response:
    """Keep what stands in the form as a draft: a new rule, or one written anew."""
    asked = await asked_in(request)
    form = EMPTY | {name: asked.form.get(name, "") for name in EMPTY}
    rules, now = asked.office.rules, asked.office.now()
    try:
        rule = _rule(asked.office, form)
        if rule.rule_id:
            rules.change(rule.rule_id, rule, asked.person, now)
        else:
            rules.add(rule, asked.person, now)
    except Unfit as why:
        return _page(request, form, why, status=422)
    return _done("rule_kept")


def change(asked: Asked) -> Response:
    """Make a rule live, switch it off, move it or delete it, as the address says."""
    rules, now = asked.office.rules, asked.office.now()
    rule = _kept(asked.office, asked.request.path_params["rule_id"])
    rule_id = rule.rule_id
    match asked.request.path_params["verb"]:
        case "live":
            try:
                rules.set_state(rule_id, "live", asked.person, now)
            except Unfit:
                return _edited(asked.request, rule, 422)
            return _done("rule_live")
        case "off":
            rules.set_state(rule_id, "off", asked.person, now)
            return _done("rule_off")
        case "up":
            rules.move(rule_id, "up")
        case "down":
            rules.move(rule_id, "down")
        case "remove":
            rules.remove(rule_id)
            return _done("rule_removed")
        case _:
            raise HTTPException(404)
    return _done("rule_moved")


def _done(what: str) -> Response:
    return RedirectResponse(f"/rules?done={what}", 303)


def _page(
    request: Request,
    form: Mapping[str, str],
    wrong: Unfit | None = None,
    *,
    status: int = 200,
    tried: Tried | None = None,
    days: float = DAYS,
) -> Response:
    office = desk_of(request).office
    watches = [watch.name for watch in office.settings.watches]
    return show(
        request,
        "rules.html",
        status,
        rules=office.rules.all(),
        unfit={rule.rule_id: said for rule in office.rules.all() if (said := _unfit(rule, watches))},
        did=office.rules.did(office.now() - timedelta(days=DAYS)),
        did_days=DAYS,
        form=form,
        wrong={wrong.field: str(wrong)} if wrong else {},
        pointed=pointed_at(form["condition"].strip(), wrong.column) if wrong and wrong.column else "",
        tried=tried,
        notes=notes_on(form["condition"], watches) if tried else (),
        days=int(days),
        most=MOST,
        rule_lanes=LANES,
        fields=sorted({rule.example for rule in FIELDS.values()}),
    )


def _unfit(rule: Rule, watches: Sequence[str]) -> str:
    """Why a kept rule can't be obeyed any more, or what it may not mean; empty for nearly all."""
    try:
        return "; ".join(notes_on(rule.condition, watches))
    except Unfit as why:
        return f"it is passed over: {why}"


def _kept(office: Office, number: str) -> Rule:
    """A rule by its number. Raises HTTPException 404."""
    if not is_number(number):
        raise HTTPException(404)
    try:
        return office.rules.get(int(number))
    except KeyError as why:
        raise HTTPException(404) from why


def _rule(office: Office, form: Mapping[str, str]) -> Rule:
    """The rule as it was typed. Raises Unfit for a lane there is none of, HTTPException 404 for a rule that is gone."""
    lane = next((lane for lane in LANES if lane == form["lane"]), None)
    if form["lane"] and lane is None:
        raise Unfit("lane", "there is no such lane")
    return Rule(
        name=form["name"],
        condition=form["condition"],
        lane=lane,
        assign=form["assign"],
        tags=tuple(re.split(r"[\s,]+", form["tags"])),
        alert=bool(form["alert"]),
        no_reply=form["no_reply"],
        rule_id=_kept(office, form["rule_id"]).rule_id if form["rule_id"] else 0,
    )


def _as_form(rule: Rule) -> dict[str, str]:
    return {
        "name": rule.name,
        "condition": rule.condition,
        "lane": rule.lane or "",
        "assign": rule.assign,
        "tags": " ".join(rule.tags),
        "alert": "1" if rule.alert else "",
        "no_reply": rule.no_reply,
        "rule_id": str(rule.rule_id),
    }


def _days(typed: str) -> int:
    """For how many days to try it. Raises Unfit."""
    if not typed:
        return DAYS
    if not is_number(typed) or not 1 <= int(typed) <= MOST_DAYS:
        raise Unfit("days", f"write a number of days from 1 to {MOST_DAYS}")
    return int(typed)

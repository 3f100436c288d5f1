"""Web hooks: a monitor or an alert manager halts its scope with a signed POST."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from interlock.engine.access.signature import WINDOW, is_fresh, is_signed
from interlock.engine.ledger.canonical import plain
from interlock.flows.access.hooks import live_hook
from interlock.flows.action.kill import kill
from interlock.surfaces.api.problems import unauthorized
from interlock.surfaces.api.served import Here, Served
from interlock.terms.access import HookRow
from interlock.terms.person import Person

routes = APIRouter(prefix="/hooks", tags=["hooks"])
WAIT_S = 2.0  # alert managers give up early; the kill itself is done by then, only not yet known to be quiet
REASON_MAX = 2_000
DIGITS_MAX = 15  # of seconds since 1970: Python reads no number of thousands of digits
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


@routes.post("/kill/{name}")
async def kill_by_hook(name: str, request: Request, here: Here) -> Mapping[str, Any]:
    """Halt the scope of a hook. Signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp` (at most five
    minutes off), `webhook-signature` over `ID.TIMESTAMP.BODY` with the hook's secret.

    The body may be whatever the sender sends; a JSON object's `reason` is recorded. The same `webhook-id` again is
    answered and does nothing.
    """
    body = await request.body()
    return await run_in_threadpool(partial(_killed, here, name, dict(request.headers), body))


def _killed(here: Served, name: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
    rt, message_id = here.rt, headers.get(NAMES[0], "")
    hook = _hook(here, name, headers, body)
    if not here.heard.is_new(name, message_id, rt.clock()):
        return {"scope": hook.scope, "repeated": True}
    by = Person(f"hook {name}", authenticated=True)
    try:
        report = kill(
            rt.store, rt.drain, hook.scope, by=by, reason=_reason(hook, body), clock=rt.clock, timeout_s=WAIT_S
        )
    except BaseException:
        here.heard.forget(name, message_id)
        raise
    return {**plain(report), "repeated": False}


def _hook(here: Served, name: str, headers: Mapping[str, str], body: bytes) -> HookRow:
    """The hook that signed this. Raises Problem; the same words whether there is no hook or another secret."""
    message_id, sent_at, given = (headers.get(one, "") for one in NAMES)
    if not (message_id and given and sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= DIGITS_MAX):
        raise unauthorized(f"a hook signs what it sends: the headers {', '.join(NAMES)} (Standard Webhooks)")
    with here.rt.store.reading() as reading:
        found = live_hook(reading, name)
    row, secret = found or (None, b"no such hook")
    if not is_signed(secret, message_id, int(sent_at), body, given) or row is None:
        raise unauthorized("there is no such hook, or it is signed with another secret: `interlock hook list`")
    if not is_fresh(int(sent_at), here.rt.clock()):
        raise unauthorized(f"signed over {WINDOW} from now: set the sender's clock, and send it anew")
    return row


def _reason(hook: HookRow, body: bytes) -> str:
    words = _said(body)
    return f"web hook {hook.name}: {words}" if words else f"web hook {hook.name} asked for it"


def _said(body: bytes) -> str:

    try:
        content = json.loads(body)
        words = content.get("reason", "") if isinstance(content, dict) else ""
    except (ValueError, RecursionError):
        return ""
    text = words if isinstance(words, str) else ""
    return "".join(char if char.isprintable() else " " for char in text).strip()[:REASON_MAX]

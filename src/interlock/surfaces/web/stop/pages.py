"""The two pages of the switch: the switch itself, and how the stop of one scope goes."""

from itertools import takewhile

from fastapi import Request
from fastapi.responses import Response

from interlock.flows.action.kill import check_scope
from interlock.surfaces.web.forms import Form
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.live.view import address_of, seen
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.stop.reached import reached
from interlock.surfaces.web.stop.view import (
    check_seen,
    check_switch,
    choice_of,
    choices,
    first_choice,
    has_right,
    heading,
    may,
    scope_heading,
    state_of,
    steps,
)
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.errors import BadInput

CHOICES_MAX = 100
KILLS_MAX = 10
# Which names there are is not told: who may stop one workflow need not know of others.
UNKNOWN = "There is nothing of that name to stop. Choose below, or look for its name under Portfolio."


def stop_page(request: Request, here: Site, who: Visitor, form: Form, scope: str, status: int = 200) -> Response:
    """The switch: what is stopped, what one button would stop, and a choice of that."""
    shown, offered = seen(here, who, here.watch.halts.now().kills), choices(here, who)
    chosen = first_choice(offered, scope)
    if chosen is not None:
        check_switch(here, who, "kill", chosen.scope)
        if not _is_there(here, chosen.scope) and not form.faults:
            form.fault("scope", UNKNOWN)
    return page(
        request,
        "stop/stop.html.j2",
        title=heading(shown),
        who=who,
        status=status,
        form=form,
        halted=tuple((choice_of(one.scope), one, state_of(one), address_of(one.scope)) for one in shown),
        offered=offered[:CHOICES_MAX],
        left_out=max(len(offered) - CHOICES_MAX, 0),
        chosen=chosen,
        reach=None if chosen is None or form.faults else reached(here, who, chosen.scope),
    )


def scope_page(request: Request, here: Site, who: Visitor, form: Form, scope: str, status: int = 200) -> Response:
    """One scope: how its stop goes, what is left, who may end it, and the last drill."""
    check_seen(here, who, scope)
    kills = tuple(one for one in here.watch.halts.newest() if one.scope == scope)
    if not kills and not _is_there(here, scope):
        raise NotThere
    holding = tuple(takewhile(lambda one: one.resumed is None, kills))
    now = holding[0] if holding else None
    reach, busy, right = reached(here, who, scope), here.waiting.is_busy(scope), has_right(here, who, scope)
    return page(
        request,
        "stop/scope.html.j2",
        title=scope_heading(choice_of(scope), kills),
        who=who,
        status=status,
        form=form,
        scope=choice_of(scope),
        stopped=now,
        first=holding[-1] if holding else None,
        steps=() if now is None else steps(now, in_flight=reach.in_flight.n, in_doubt=reach.in_doubt.n, waiting=busy),
        kills=tuple((one, state_of(one)) for one in kills[:KILLS_MAX]),
        busy=busy,
        failure=here.waiting.failure(scope),
        reach=reach,
        drill=here.watch.drills.newest().get(scope),
        may={
            "kill": may(who, "kill", scope),
            "resume": right and may(who, "resume", scope),
            "drill": right and may(who, "drill", scope),
        },
        address=address_of(scope),
    )


def _is_there(here: Site, scope: str) -> bool:
    with here.rt.store.reading() as reading:
        try:
            check_scope(reading, scope)
        except BadInput:
            return False
    return True

"""The page of notices: who is told of kills, resumes, demotions and unusual traffic, and whether that works."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from interlock.flows.notice.tell import KINDS, TRIED, Receiver
from interlock.surfaces.web.forms import Posted
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.settings.reach import check_whole
from interlock.surfaces.web.site import Here
from interlock.surfaces.web.visitor import Needs, Who
from interlock.terms.words import plural

routes = APIRouter(dependencies=[Depends(Needs("settings", "read"))])
ADDRESS = "/settings/notifications"
TRIED_SHOWN = 10


@routes.get(ADDRESS)
def notifications_page(request: Request, here: Here, who: Who) -> Response:
    """Who is told, when they last were, and who cannot be reached."""
    check_whole(who)
    receivers = () if here.notices is None else here.notices.receivers()
    with here.rt.store.reading() as reading:
        tried = list(reading.entries_of(TRIED))[-TRIED_SHOWN:]
    return page(request, "settings/notifications.html.j2", title=notices_title(receivers), who=who, receivers=receivers,
                kinds=KINDS, tried=list(reversed(tried)), may_try=who.may("hook", "manage"))  # fmt: skip


@routes.post(ADDRESS + "/try")
def try_out(here: Here, who: Who, form: Posted) -> Response:
    """Send one receiver a notice that nothing happened."""
    check_whole(who)
    who.check("hook", "manage")
    if here.notices is None:
        raise NotThere
    here.notices.try_out(form.text("receiver"), by=who.person)
    return RedirectResponse(ADDRESS, 303)


def notices_title(receivers: tuple[Receiver, ...]) -> str:
    """The conclusion."""
    if not receivers:
        return "Notifications: nobody is told of kills, resumes, demotions and unusual traffic"
    failing = sum(one.failures > 0 for one in receivers)
    words = f"Notifications: {plural(len(receivers), 'receiver')} of kills, resumes, demotions and unusual traffic"
    return f"{words}, {failing} of them cannot be reached" if failing else words

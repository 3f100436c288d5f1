"""Choosing who to be in the sample. No password: everything in it is invented, and only this machine is answered."""

import ipaddress

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from interlock.flows.access.accounts import accounts
from interlock.flows.access.sessions import begin_session
from interlock.surfaces.web.demo.view import parts
from interlock.surfaces.web.forms import PostedByAnybody
from interlock.surfaces.web.frame import page
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.sign_in.cookies import local, signed_in
from interlock.surfaces.web.site import Here


def on_this_machine(request: Request, here: Here) -> None:
    """Raises NotThere for a site that is no sample, and for who asks from elsewhere."""
    if not here.demo or request.client is None or not _is_loopback(request.client.host):
        raise NotThere


routes = APIRouter(dependencies=[Depends(on_this_machine)])


@routes.get("/demo")
def choose(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002 - its address
    """Everybody whom a visitor can be."""
    with here.rt.store.reading() as reading:
        people = parts(accounts(reading))
    title = "Look at the sample as one of its people"
    return page(request, "demo/choose.html.j2", title=title, people=people, leads_to=local(next))


@routes.post("/demo")
def be(request: Request, here: Here, form: PostedByAnybody) -> Response:
    """A session of that person."""
    with here.rt.store.transaction() as tx:
        tx.fence()
        if form.raw("name") not in [part.name for part in parts(accounts(tx))]:
            raise NotThere
        cookie = begin_session(
            tx, form.raw("name"), how="chosen in the sample", now=here.now(), randomness=here.rt.randomness
        )
    return signed_in(request, cookie, local(form.raw("next")))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

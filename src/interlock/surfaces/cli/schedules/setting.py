"""`interlock schedule`: documents that a server sends each week or each month."""

import datetime as dt
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.access.base_address import VARIABLE, base_address
from interlock.engine.reporting.cadence import next_due
from interlock.engine.timestamp import stamp
from interlock.flows.access.tenants import Tenants
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.reporting.deliveries import deliveries
from interlock.flows.reporting.made import Sources
from interlock.flows.reporting.schedules import end_schedule, schedules, set_schedule
from interlock.flows.reporting.send import Sendings
from interlock.ports.store import Store
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, opened, person, run_time, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.access import EVERYWHERE
from interlock.terms.document import Asked, Form
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.portfolio import Portfolio
from interlock.terms.schedule import Cadence, Delivery, Every, Schedule

FORMS = {form.value.removeprefix("."): form for form in Form}
Id = Annotated[str, typer.Argument(help="The schedule, as `interlock schedule list` names it.", show_default=False)]


def set_command(
    context: typer.Context,
    kind: Annotated[
        str, typer.Argument(help="Which document; `interlock report list` tells them.", show_default=False)
    ],
    to: Annotated[
        list[str],
        typer.Option("--to", help="Where it goes, as Apprise writes addresses; `-` reads them from standard input."),
    ],
    by: AsOption,
    workflow: Annotated[str | None, typer.Option(help="Of which workflow, for a document about one.")] = None,
    framework: Annotated[list[str] | None, typer.Option(help="Which frameworks a crosswalk is about, by id.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="html, pdf, pptx, md or json; may be given again.")] = None,
    weekly: Annotated[str | None, typer.Option(help="Each week on this day: mon, tue ... sun.")] = None,
    monthly: Annotated[int | None, typer.Option(help="Each month on this day, 1 to 31.")] = None,
    at: Annotated[str, typer.Option(help="At this time of the organisation's clock.")] = "08:00",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have a document sent each week or each month, to mail, a web hook or a chat.

      interlock schedule set monthly --form pdf --monthly 1 --to - --as "Ana Ruiz" < addresses.txt

    A server that runs on the store (`interlock serve`) sends it, once however many there are; what fails is tried again
    and shown. Where nobody works on the day it is the next working day of the calendar. An address may hold a password:
    it is kept apart from the ledger, and later only its kind and host are shown. Nothing is sent to this machine or a
    network of its own unless INTERLOCK_SEND_TO_HOSTS names the host.
    """
    box = toolbox(context)
    cadence = _cadence(weekly, monthly, at)
    unknown = next((one for one in form or () if one not in FORMS), None)
    if unknown is not None:
        raise BadInput(f"--form {unknown}: name one of {', '.join(FORMS)}")
    asked = Asked(kind, workflow, tuple(framework or ()))
    with opened(box, store) as opened_store:
        made = set_schedule(
            _sources(box, opened_store),
            box.messenger(),
            asked,
            [FORMS[one] for one in form or ()],
            cadence,
            _addresses(to),
            reach=(EVERYWHERE,),
            by=person(by),
            randomness=box.randomness,
        )
        _tell(box, opened_store, (made,), as_json=as_json)


def list_command(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List what is sent, when it goes next, and how the last sending ended."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            live = [one for one in schedules(reading) if one.ended_at is None]
        if not live and not as_json:
            box.out.print(Text("Nothing is sent by itself. `interlock schedule set` has a document sent."))
            return
        _tell(box, opened_store, live, as_json=as_json)


def send_command(context: typer.Context, schedule: Id, store: StoreOption = None) -> None:
    """Send one now, marked as a test, from this machine. Exit status 3 where a destination did not take it."""
    box = toolbox(context)
    address = base_address(box.environment.get(VARIABLE, ""))
    with run_time(box, store) as rt:
        failed = Sendings(_sources(box, rt.store), box.messenger(), rt.owner, address=address).send_now(schedule)
    if failed:
        raise Unavailable("; ".join(failed))
    box.out.print(Text(f"{schedule}: sent"))


def end_command(
    context: typer.Context, schedule: Id, by: AsOption, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Have it sent no more; its addresses are erased."""
    box = toolbox(context)
    with opened(box, store) as opened_store:
        ended = end_schedule(_sources(box, opened_store), schedule, by=person(by))
    if as_json:
        show_json(box, ended)
        return
    box.out.print(Text(f"{schedule}: ended"))


def _sources(box: Toolbox, store: Store) -> Sources:
    def portfolio() -> Portfolio:
        with store.reading() as reading:
            return read_portfolio(reading, box.clock())

    tenant_of = Tenants(store).of
    return Sources(
        store, box.clock, portfolio, tenant_of, box.read_instruments(None), box.read_frameworks, box.write_form()
    )


def _cadence(weekly: str | None, monthly: int | None, at: str) -> Cadence:
    if (weekly is None) is (monthly is None):
        raise BadInput("say either --weekly DAY or --monthly DAY")
    try:
        time = dt.time.fromisoformat(at)
    except ValueError as exc:
        raise BadInput(f"--at {at}: say a time of the day, such as 08:00") from exc
    minute = time.hour * 60 + time.minute
    return Cadence(Every.MONTH if weekly is None else Every.WEEK, minute, weekday=weekly, day=monthly)


def _addresses(to: Sequence[str]) -> list[str]:
    """As they were given; `-` stands for the lines of standard input."""
    given: list[str] = []
    for one in to:
        given += [line.strip() for line in sys.stdin if line.strip()] if one == "-" else [one]
    return given


def _tell(box: Toolbox, store: Store, found: Sequence[Schedule], *, as_json: bool) -> None:
    now = box.clock()
    with store.reading() as reading:
        told, calendar = deliveries(reading, now), calendar_in_force(reading)
    rows = [
        {
            "schedule": one,
            "next": stamp(next_due(one.cadence, calendar, now)),
            "sendings": sorted(told.get(one.id, {}).values(), key=lambda each: each.entry or 0),
        }
        for one in found
    ]
    if as_json:
        show_json(box, rows)
        return
    for one, row in zip(found, rows, strict=True):
        to = ", ".join(f"{each.kind} {each.host}" for each in one.destinations)
        about = f" of {one.asked.workflow}" if one.asked.workflow else ""
        box.out.print(Text(printable(f"{one.id}: {one.asked.report}{about} to {to}")), soft_wrap=True)
        box.out.print(Text(f"  {one.cadence} ({calendar.zone}), next {str(row['next'])[:16]} UTC"), soft_wrap=True)
        for each in list(told.get(one.id, {}).values())[-len(one.destinations) :]:
            box.out.print(Text(printable(f"  {_ended(one, each)}")), soft_wrap=True)


def _ended(schedule: Schedule, one: Delivery) -> str:
    to = schedule.destinations[one.destination]
    if one.failure is None:
        return f"{one.run}: sent to {to.kind} {to.host}"
    again = f"again at {one.failure.again_at[:16]} UTC" if one.failure.again_at else "not tried again"
    return f"{one.run}: {to.kind} {to.host} did not take it, {one.failure.reason}; {again}"

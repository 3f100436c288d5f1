"""`interlock measure`: KPIs, expenses and what the run time did become evidence."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.surfaces.cli.measure.kpi_file import read_kpi_file
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, Workflow, opened, person, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence
from interlock.terms.measured import Bucket

FromOption = Annotated[str, typer.Option("--from", help="First day: YYYY-MM-DD.")]
ToOption = Annotated[str, typer.Option("--to", help="Last day, included.")]
SourceOption = Annotated[str, typer.Option(help="System of record, such as a desk or a ledger of accounts.")]

KPI_HELP = """Record what a KPI was over a period. It becomes evidence, so that every figure can be traced back.

  interlock measure kpi triage --kpi "first answer" --value 2.6 --low 2.4 --high 2.8 --n 410 \\
    --from 2026-10-01 --to 2026-10-31 --source desk --as "Ana Ruiz"

Give a denominator (`--n`) and a 95 % interval where you have them: without them a change cannot be told from noise.
`--control` is for a segment in which the workflow does not act. Many values at once come from a CSV file with the
columns kpi, value, from, to, and where you have them n, low, high, segment, control, unit:

  interlock measure kpi triage --file kpis.csv --source desk --as "Ana Ruiz"

All rows are recorded, or none. A period that is on record already, or not over yet, is refused.
"""


def kpi_command(
    context: typer.Context,
    workflow: Workflow,
    source: SourceOption,
    by: AsOption,
    kpi: Annotated[str | None, typer.Option(help="Name of the KPI, as in the definition.")] = None,
    value: Annotated[float | None, typer.Option(help="The value, in the KPI's unit.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day: YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    n: Annotated[int | None, typer.Option(help="Cases that the value is made of.")] = None,
    low: Annotated[float | None, typer.Option(help="Lower end of its 95 % interval.")] = None,
    high: Annotated[float | None, typer.Option(help="Upper end of its 95 % interval.")] = None,
    segment: Annotated[str | None, typer.Option(help="The segment it was measured in; default: all.")] = None,
    control: Annotated[bool, typer.Option("--control", help="Measured where the workflow does not act.")] = False,
    unit: Annotated[str | None, typer.Option(help="The unit, to be sure that it is the KPI's.")] = None,
    file: Annotated[Path | None, typer.Option(help="CSV file with one value a row.", show_default=False)] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    box = toolbox(context)
    if file is not None:
        if kpi is not None or value is not None:
            raise BadInput("give --file, or one value by options, not both")
        values = read_kpi_file(file)
    else:
        if kpi is None or value is None or first is None or last is None:
            raise BadInput("give --kpi, --value, --from and --to, or --file with a CSV file")
        values = (KpiValue(kpi, value, first, last, n, low, high, segment, control, unit),)
    with opened(box, store) as opened_store:
        recorded = record_kpis(opened_store, workflow, values, source=source, by=person(by), clock=box.clock)
    _tell(box, recorded, f"{workflow}: {len(recorded)} KPI value{'s' if len(recorded) > 1 else ''}", as_json=as_json)


kpi_command.__doc__ = KPI_HELP


def expense_command(
    context: typer.Context,
    workflow: Workflow,
    bucket: Annotated[Bucket, typer.Option(help="Where the money went.")],
    usd: Annotated[float, typer.Option(help="The amount in USD.")],
    first: FromOption,
    last: ToOption,
    source: SourceOption,
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what was spent: compute and vendors, the last mile of engineering, being wrong; or to learn.

      interlock measure expense triage --bucket compute --usd 912.40 --from 2026-10-01 --to 2026-10-31 \\
        --source finance --as "Ana Ruiz"

    The cost of a success is made of the first three. What was paid to learn is shown apart: no return is expected of
    it. The same source may count a day of a bucket once.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        evidence = record_expense(
            opened_store, workflow, bucket, usd, period=(first, last), source=source, by=person(by), clock=box.clock
        )
    _tell(box, (evidence,), f"{workflow}: {usd:,.2f} USD in '{bucket}'", as_json=as_json)


def period_command(
    context: typer.Context,
    workflow: Workflow,
    first: FromOption,
    last: ToOption,
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count what the run time did in a period that is over, from the decisions on record.

      interlock measure period triage --from 2026-10-01 --to 2026-10-31 --as "Ana Ruiz"

    Cases, what was applied, reviewed and overridden by people, and of those whose outcome is known, how many were
    wrong. Days are those of UTC.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        evidence = record_period(opened_store, workflow, start=first, end=last, by=person(by), clock=box.clock)
    body = evidence.body
    words = (
        f"{workflow}: {body['cases']:,} cases, {body['applied']:,} applied, {body['reviewed']:,} reviewed "
        f"({body['overridden']:,} decided otherwise), {body['wrong']:,} wrong of {body['labelled']:,} known"
    )
    _tell(box, (evidence,), words, as_json=as_json)


def _tell(box: Toolbox, recorded: tuple[Evidence, ...], words: str, *, as_json: bool) -> None:
    if as_json:
        show_json(box, recorded)
        return
    box.out.print(Text(words), soft_wrap=True)
    for one in recorded:
        box.out.print(
            Text(f"  {one.body['period_start']} to {one.body['period_end']}: evidence {one.digest}"), soft_wrap=True
        )

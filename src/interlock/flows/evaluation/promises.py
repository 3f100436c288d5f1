"""What every report of a bake-off rests on, and what it does not promise."""

from collections.abc import Iterator

from interlock.engine.evaluation.words import budget_percent, usd
from interlock.flows.evaluation.request import Request
from interlock.terms.evaluation import Split

NOT_PROMISED = (
    "Error rates per customer, per label or per slice: the promise is about all cases together.",
    "Anything after a change of the cases, the policy, the labels' meaning, the model or its prompt; go on auditing.",
    "How soon a change will be noticed.",
    "That people's past decisions were right: they are the measure here.",
)


def assumptions(request: Request, *, n_available: int, split: Split) -> tuple[str, ...]:
    """In the order in which a careful reader would ask."""
    return tuple(_assumptions(request, n_available=n_available, split=split))


def _assumptions(request: Request, *, n_available: int, split: Split) -> Iterator[str]:
    yield (
        "The labelled rows are a random sample of the cases that will come, one case per customer or thread, and the "
        "people who decided them were right."
    )
    if split.n_groups == 0:
        yield (
            "No column says which rows belong to one customer or thread (--group): if some customers fill many rows, "
            "the proof is weaker than it says."
        )
    if split.by == "time":
        yield "Times were taken as written; the newest cases were kept for the check."
    if n_available > 1:
        yield (
            f"The best of {n_available} candidates is recommended, so each certificate is computed at "
            f"{budget_percent(1 - request.delta / n_available)} confidence; together they hold with "
            f"{budget_percent(1 - request.delta)}."
        )
    yield (
        "Certificates at several budgets and of two promises are shown beside each other; the stated confidence is for "
        f"the one asked for ({request.promise.value}, {budget_percent(request.budget)})."
    )
    for name, amount_usd, given in (
        ("A wrong decision", request.cost_wrong_usd, request.cost_wrong_given),
        ("A person's review", request.cost_review_usd, request.cost_review_given),
    ):
        yield f"{name} costs {usd(amount_usd)} ({'given' if given else 'assumed'})."

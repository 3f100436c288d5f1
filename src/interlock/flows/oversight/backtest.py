"""Rehearse certificate, promotion and demotion on past cases in their order, and hold it against doing without."""

from dataclasses import dataclass

from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.planning.rehearsal import Rehearsed, Rules, rehearse
from interlock.flows.oversight.certify import Asked, certify_past
from interlock.flows.oversight.past_cases import PastCases
from interlock.terms.certificate import Certificate
from interlock.terms.errors import BadInput
from interlock.terms.estimate import Estimate

_CASES_LEAST = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """What is rehearsed: `certify` on the first `certify_share` of the cases, then promotion and audits at `budget`."""

    certify: Asked
    budget: float
    audit_share: float
    certify_share: float
    cost_wrong_usd: float
    cost_review_usd: float
    seed: int

    @property
    def salt(self) -> str:
        """Draws the audits; the same seed draws the same ones."""
        return f"interlock backtest {self.seed}"


@dataclass(frozen=True, slots=True)
class Policy:
    """One way to have handled the cases after the certificate: what people looked at, what went wrong, what it cost."""

    name: str
    looks: int
    automatic: int
    wrong: Estimate
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Backtested:
    """What would have happened to `n_rest` cases after `n_certify` had been used for the certificate.

    `rehearsed` is None where nothing was certified. `moments`: when, by the file's own times or case numbers.
    """

    certificate: Certificate
    n_certify: int
    n_rest: int
    n_rest_wrong: int
    rehearsed: Rehearsed | None
    policies: tuple[Policy, ...]
    promoted_when: str | None
    demoted_when: str | None
    terms: Terms
    salt: str
    notes: tuple[str, ...]


def backtest(past: PastCases, terms: Terms) -> Backtested:
    """Nothing after a case has any part in how it is handled. Raises BadInput where there are too few cases."""
    n_certify = round(terms.certify_share * past.n)
    if min(n_certify, past.n - n_certify) < _CASES_LEAST:
        raise BadInput(f"{past.source}: {past.n:,} cases are too few to certify on some and rehearse on others")
    first = past.chosen(range(n_certify))
    rest = past.chosen(range(n_certify, past.n))
    found = certify_past(first, terms.certify)
    threshold = found.certificate.threshold
    rehearsed = None
    if threshold is not None:
        rules = Rules(threshold, terms.budget, terms.certify.delta, terms.audit_share, terms.salt)
        keys = [str(case.line) for case in rest.scored.cases]
        confidence, wrong = rest.scored.confidence.tolist(), rest.scored.wrong.tolist()
        rehearsed = rehearse(confidence, wrong, keys, rules=rules)
    return Backtested(
        certificate=found.certificate,
        n_certify=n_certify,
        n_rest=rest.n,
        n_rest_wrong=rest.n_wrong,
        rehearsed=rehearsed,
        policies=_policies(rest, rehearsed, terms),
        promoted_when=_when(rest, rehearsed.promoted_at if rehearsed else None),
        demoted_when=_when(rest, rehearsed.demoted_at if rehearsed else None),
        terms=terms,
        salt=terms.salt,
        notes=(*found.notes, *_order(past)),
    )


def _policies(rest: PastCases, rehearsed: Rehearsed | None, terms: Terms) -> tuple[Policy, ...]:
    n, wrong = rest.n, rest.n_wrong
    always_review = Policy("always review", n, 0, rate(0, 0), n * terms.cost_review_usd)
    always_automatic = Policy("always automatic", 0, n, rate(wrong, n), wrong * terms.cost_wrong_usd)
    if rehearsed is None:
        return always_review, always_automatic
    applied, audits = rehearsed.applied, rehearsed.audited.n
    looks = rehearsed.n_reviewed + audits
    cost_usd = looks * terms.cost_review_usd + applied.n_wrong * terms.cost_wrong_usd
    own = Policy("as rehearsed", looks, applied.n, rate(applied.n_wrong, applied.n), cost_usd)
    return own, always_review, always_automatic


def _when(rest: PastCases, position: int | None) -> str | None:
    if position is None:
        return None
    case = rest.scored.cases[position - 1]
    return f"case {position:,}" if case.at is None else f"case {position:,}, {case.at:%Y-%m-%d %H:%M}"


def _order(past: PastCases) -> tuple[str, ...]:
    return () if past.in_time else ("The order of the file is taken for the order in time (--time).",)

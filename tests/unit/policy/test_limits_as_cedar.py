"""What limits become, and what a refusal says."""

from dataclasses import fields, replace
from typing import Any

import pytest

from edge_cases import AT, CASE, LIMITS, case, limited
from interlock.adapters.cedar.guardrail import CedarGuardrail
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.policy import edge
from interlock.engine.policy.literals import usd
from interlock.engine.policy.shown import as_text
from interlock.engine.rollout.definition import definition_of, limits_of
from interlock.terms.policy import EdgeFacts, FactKind, OpenHours, PolicyAnswer
from interlock.terms.workflow import Limits


def check(facts: EdgeFacts, limits: Limits = LIMITS) -> PolicyAnswer:
    return CedarGuardrail(edge).check("sha256:one", limited(limits), facts)


@pytest.mark.parametrize(
    ("changed", "rule", "words"),
    [
        (
            {"amount_cents": 25_001, "used": {"amount_per_day": 0}},
            "amount of a case",
            "the amount of 250.01 USD is over the limit of 250.00 USD a case",
        ),
        (
            {"used": {"amount_per_day": 75_001}},
            "amount a day",
            "the amount of 250.00 USD and the 750.01 USD of this window are over the limit of 1,000.00 USD a day (UTC)",
        ),
        (
            {"used": {"amount_per_hour": 25_001}},
            "amount an hour",
            "the amount of 250.00 USD and the 250.01 USD of this window are over the limit of 500.00 USD an hour (UTC)",
        ),
        (
            {"used": {"applied_per_hour": 20}},
            "cases an hour",
            "the limit of 20 applied cases an hour (UTC) is reached: there were 20",
        ),
        (
            {"used": {"applied_per_minute": 3}},
            "cases a minute",
            "the limit of 3 applied cases a minute (UTC) is reached: there were 3",
        ),
        ({"items": 11}, "things at once", "11 things at once are over the limit of 10"),
        (
            {"items": 0},
            "things at once",
            "an effect on 0 things makes no sense, and there is a limit of 10 at once",
        ),
        ({"target": "account 3"}, "allowed target", "the target is not one of the 2 that are allowed"),
        ({"target": None}, "allowed target", "the target is unknown, and only listed ones are allowed"),
        ({"target": ""}, "allowed target", "the target is unknown, and only listed ones are allowed"),
        (
            {"segment": "wholesale"},
            "allowed segment",
            "the segment 'wholesale' is not one of those that are allowed (allowed: retail, online)",
        ),
        ({"segment": None}, "allowed segment", "the segment is unknown (allowed: retail, online)"),
        (
            {"at": "2026-11-28T21:15:00.000000Z"},
            "open hours",
            "it is Saturday 22:15 in the zone Europe/Berlin; open is Monday to Friday from 08:00 to 18:00",
        ),
        (
            {"extra": {"staff": True}},
            "no refund to staff",
            "the rule 'no refund to staff' forbids it (the fact 'staff' as given with the case)",
        ),
    ],
)
def test_a_refusal_names_the_rule_and_the_facts_that_decided(changed: dict[str, Any], rule: str, words: str) -> None:
    assert check(CASE).allowed
    assert check(case(**changed)) == PolicyAnswer(False, (rule,), (words,))


def test_an_unknown_amount_is_a_doubt_of_every_limit_on_amounts() -> None:
    answer = check(case(amount_cents=None))
    assert answer.rules == ("amount of a case", "amount a day", "amount an hour")
    assert answer.reasons[0] == "the amount is unknown, and there is a limit of 250.00 USD a case"
    assert not answer.failed


def test_a_negative_amount_gives_no_room_back() -> None:
    answer = check(case(amount_cents=-1))
    assert answer.rules == ("amount of a case", "amount a day", "amount an hour")
    assert answer.reasons == ("the amount of -0.01 USD is negative",)


def test_what_can_be_erased_is_not_in_the_words() -> None:
    own = (
        """@id("careful") forbid (principal, action, resource)
        when { context has target && context.facts.name like "*" && context has amount_cents && context.items > 0
          && context has tenant && context.minute > 0 && context.weekday != "x" && context.used_applied_per_hour > 0
          && context has confidence_permille && context.label != "" && context has segment };""",
    )
    limits = replace(LIMITS, policy=own, facts={"name": FactKind.STRING})
    answer = check(case(extra={"name": "Erika Mustermann"}), limits)
    assert answer.reasons == (
        "the rule 'careful' forbids it (amount 250.00 USD, confidence 930 per mille, items 10, label 'goods', 10:20, "
        "segment 'retail', tenant 'north', applied_per_hour so far 19, Thursday, the fact 'name' and the target as "
        "given with the case)",
    )


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        (("mon",), "Monday"),
        (("mon", "tue"), "Monday, Tuesday"),
        (("tue", "wed", "thu"), "Tuesday to Thursday"),
        (("mon", "wed", "fri"), "Monday, Wednesday, Friday"),
        (("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "every day"),
    ],
)
def test_days_in_words(weekdays: tuple[str, ...], words: str) -> None:
    answer = check(case(), Limits(hours=OpenHours(0, 1, weekdays)))
    assert answer.reasons == (f"it is Thursday 09:20 in the zone UTC; open is {words} from 00:00 to 00:01",)


@pytest.mark.parametrize(
    ("at", "minute"),
    [  # the clock in Berlin goes from 01:59 to 03:00 in spring, and through the hour from 02:00 twice in autumn
        ("2026-03-29T00:59:59Z", 119),
        ("2026-03-29T01:00:00Z", 180),
        ("2026-10-25T00:30:00Z", 150),
        ("2026-10-25T01:30:00Z", 150),
    ],
)
def test_hours_are_those_of_the_zone_s_clock(at: str, minute: int) -> None:
    def with_hours(begin: int) -> PolicyAnswer:
        limits = Limits(hours=OpenHours(begin, begin + 1, zone="Europe/Berlin"))
        return check(replace(CASE, at=at), limits)

    assert [with_hours(begin).allowed for begin in (minute - 1, minute, minute + 1)] == [False, True, False]


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "0.00 USD"), (5, "0.05 USD"), (-5, "-0.05 USD"), (123456789, "1,234,567.89 USD")]
)
def test_money_in_words(cents: int, words: str) -> None:
    assert usd(cents) == words


EDGE = [field.name for field in fields(Limits) if getattr(LIMITS, field.name) != getattr(Limits(), field.name)]


@pytest.mark.parametrize("name", [name for name in EDGE if name != "facts"])
def test_each_limit_alone_is_at_the_edge_and_becomes_one_rule(name: str) -> None:
    limits = Limits(**{name: getattr(LIMITS, name), "facts": LIMITS.facts if name == "policy" else {}})
    definition = limited(limits)
    assert limits.at_the_edge
    assert len(edge.rules_of(definition)) == (1 if name == "policy" else 2)
    assert check(CASE, limits).allowed


def test_every_limit_at_the_edge_is_among_these() -> None:
    old = {"always_review", "forbidden", "applied_per_day", "novelty_review_below"}
    assert set(EDGE) == {field.name for field in fields(Limits)} - old


def test_what_the_decision_itself_decides_is_not_at_the_edge() -> None:
    limits = Limits(("a",), ("b",), 5, 0.5, facts={"staff": FactKind.BOOLEAN})
    assert not limits.at_the_edge
    assert as_text(limited(limits)) == (
        "// triage has no limits at the edge: no rule is asked before an effect.\n\n"
        "// Decided beside these rules: always_review, forbidden, applied_per_day, novelty_review_below.\n"
    )


def test_the_text_for_people_is_the_text_that_is_asked() -> None:
    text = as_text(limited(replace(LIMITS, targets=tuple(f"account {n}" for n in range(22)))))
    assert all(rule.cedar in text for rule in edge.rules_of(limited(LIMITS)))
    assert LIMITS.policy[0].strip() in text
    assert '"account 19" and 2 more' in text


def test_limits_are_read_back_as_they_were_recorded() -> None:
    definition = limited(LIMITS)
    assert definition_of(plain(definition)) == definition
    assert limits_of(plain(LIMITS)) == LIMITS
    assert limits_of(plain(Limits())) == Limits()


@pytest.mark.parametrize("missing", ["always_review", "forbidden", "applied_per_day"])
def test_a_record_without_a_limit_is_not_read_as_no_limit(missing: str) -> None:
    body = {name: value for name, value in plain(Limits()).items() if name != missing}
    with pytest.raises(KeyError):
        limits_of(body)


def test_definitions_without_limits_at_the_edge_keep_their_digest() -> None:
    assert sorted(plain(Limits())) == ["always_review", "applied_per_day", "forbidden"]
    assert digest(plain(LIMITS)) != digest(plain(replace(LIMITS, policy=())))


def test_the_schema_of_a_request_holds_what_rules_read_and_no_more() -> None:
    definition = limited(
        Limits(amount_per_day_cents=1, policy=(), facts={"staff": FactKind.BOOLEAN, "who": FactKind.STRING})
    )
    asked = edge.schema_of(definition, {"amount_cents", "facts.who"})
    assert '    amount_cents?: Long,\n    facts: { "who": String },\n' in asked
    assert asked.count(":") == edge.schema_of(definition).count(":") - 10
    assert CASE.at == AT

"""Settings in the browser: checked before they count, on record, and only by those who may."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from governed import DEFINITION, NAME, House
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.erasure.retention import retention_of
from interlock.flows.notice.tell import Notices
from interlock.terms.calendar import Holiday, Meeting
from interlock.terms.errors import Unavailable
from web_desk import PEOPLE, WebDesk, text_of, title_of, web_desk

HOSTILE = "<script>alert(1)</script>\u202e'; DROP TABLE ledger"
CALENDAR = {
    "zone": "Europe/Berlin", "working_days": ["mon", "tue", "wed", "thu", "fri"], "seen": "-1",
    "stand_up_day": "wed", "stand_up_time": "09:45", "stand_up_minutes": "15",
    "council_day": "thu", "council_time": "14:00", "council_minutes": "60",
    "holidays": f"2026-12-26 second day\n\n2026-12-25 {HOSTILE}",
}  # fmt: skip
ORGANISATION = {"name": "Nordlicht", "council": "Ana Ruiz\nBen Okafor", "meets_every_days": "14",
                "owner.vendors": "Iva Kos", "consulted.vendors": "Pia Lund"}  # fmt: skip
KEEP = {"keep": "days", "days": "90", "reason": "data policy 4.2"}
ADDRESS = "https://ops.example/secret-path"


class Notifier:
    """Takes what is told; `broken` addresses cannot be reached."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.broken = False

    def tell(self, address: str, notice_id: str, notice: Mapping[str, Any]) -> None:
        if self.broken:
            raise Unavailable("it answered 503")
        self.told.append((address, str(notice["type"])))


@pytest.fixture
def notifier() -> Notifier:
    return Notifier()


@pytest.fixture
def desk(house: House, notifier: Notifier) -> Iterator[WebDesk]:
    house.define()
    people = {**PEOPLE, "triage owner": ("Tia Ti", ("safety-owner@workflow/triage",)),
              "other owner": ("Ola Other", ("safety-owner@workflow/other",))}  # fmt: skip
    notices = Notices(house.store, notifier, [ADDRESS], house.clock)
    with web_desk(house.rt, people, notices=notices) as made:
        yield made


def recorded(house: House, kind: str) -> list[dict[str, Any]]:
    with house.store.reading() as reading:
        return [dict(entry.body) for entry in reading.entries_of(kind)]


def test_the_first_page_says_what_is_missing_and_leads_to_each_part(desk: WebDesk) -> None:
    page = desk.get("/settings")
    assert title_of(page) == "Settings: 3 things have no owner or more than one"
    for part in ("organisation", "ownership", "rights", "calendar", "notifications", "retention"):
        assert f'href="/settings/{part}"' in page.text
        assert desk.get(f"/settings/{part}").status_code == 200
    assert "/settings/tokens" not in page.text
    assert "/settings/tokens" in desk.get("/settings", "administrator").text


def test_a_calendar_is_set_and_its_meetings_are_told(desk: WebDesk, house: House) -> None:
    page = desk.followed("/settings/calendar", CALENDAR)
    assert title_of(page) == "Calendar: Europe/Berlin, Monday to Friday"
    assert "Wednesday, 4 March 2026, 09:45 CET" in text_of(page)
    assert "<script>alert" not in page.text
    with house.store.reading() as reading:
        calendar = calendar_in_force(reading)
    assert (calendar.stand_up, calendar.council) == (Meeting("wed", 585, 15), Meeting("thu", 840, 60))
    assert calendar.holidays == (Holiday("2026-12-25", HOSTILE), Holiday("2026-12-26", "second day"))
    assert calendar.by == "Lena Vogt"


BAD_CALENDARS: list[tuple[dict[str, Any], str]] = [
    ({"zone": "Europe/Atlantis"}, "write an IANA name such as"),
    ({"zone": ""}, "Write a time zone, such as Europe/Berlin."),
    ({"working_days": []}, "working days: name at least one"),
    ({"stand_up_time": "25:00"}, "Write a time of the day, such as 09:00."),
    ({"council_minutes": "9999999"}, "Write how many minutes it lasts"),
    ({"council_minutes": "481"}, "council: it lasts 1 to 480 minutes"),
    ({"stand_up_day": HOSTILE}, "is no day; name one of mon"),
    ({"holidays": "Christmas"}, "holidays: 'Christmas' is no date"),
    ({"seen": "7"}, "changed the calendar in the meantime"),
]


def test_a_calendar_that_cannot_be_is_mended_where_it_was_typed(desk: WebDesk, house: House) -> None:
    for changed, words in BAD_CALENDARS:
        answer = desk.post("/settings/calendar", {**CALENDAR, "holidays": "2026-12-26 kept", **changed})
        assert answer.status_code == (409 if "seen" in changed else 400)
        assert words in text_of(answer)
        assert "holidays" in changed or "2026-12-26 kept</textarea>" in answer.text
    assert recorded(house, "calendar.defined") == []


def test_an_organisation_is_looked_at_before_it_counts(desk: WebDesk, house: House) -> None:
    check = desk.post("/settings/organisation", ORGANISATION)
    assert (check.status_code, recorded(house, "organisation.defined")) == (200, [])
    assert "Vendors, and whether to build or buy – Iva Kos, consulted: Pia Lund" in text_of(check)
    sent = {name: _hidden(check, name) for name in ("seen", "text")} | {"checked": "1"}
    page = desk.followed("/settings/organisation", sent)
    assert title_of(page) == "Nordlicht: 1 of 11 responsibilities have an owner"
    (body,) = recorded(house, "organisation.defined")
    assert (body["name"], body["council"], body["meets_every_days"], body["by"]) == (
        "Nordlicht", ["Ana Ruiz", "Ben Okafor"], 14, "Lena Vogt",
    )  # fmt: skip
    file = desk.get("/settings/organisation.yaml").text
    same = desk.post("/settings/organisation", {"text": file})
    assert "Nothing would change" in text_of(same)
    late = desk.post("/settings/organisation", {**sent, "text": file.replace("Nordlicht", "Other")})
    assert (late.status_code, "described anew in the meantime" in text_of(late)) == (409, True)
    assert len(recorded(house, "organisation.defined")) == 1


BAD_ORGANISATIONS: list[tuple[dict[str, str], str]] = [
    ({**ORGANISATION, "name": " "}, "organisation: is empty; write words here"),
    ({**ORGANISATION, "meets_every_days": "often"}, "meets_every_days: write a whole number here"),
    ({**ORGANISATION, "owner.vendors": "x" * 300}, "should have at most 200 characters"),
    ({"text": "organisation: [1"}, "the text"),
    ({"text": "organisation: Nord\nresponsibilities: {vendor: {owner: Ana}}"}, "did you mean 'vendors'?"),
    ({"text": "x" * 70_000}, "The file has 70,000 characters"),
]


def test_an_organisation_with_faults_is_shown_with_them(desk: WebDesk, house: House) -> None:
    for sent, words in BAD_ORGANISATIONS:
        answer = desk.post("/settings/organisation", sent)
        assert answer.status_code == 400
        assert words in text_of(answer)
    assert recorded(house, "organisation.defined") == []


def test_retention_is_previewed_and_then_recorded(desk: WebDesk, house: House) -> None:
    path = f"/settings/retention/{NAME}"
    looked = desk.post(path, KEEP)
    assert "With 90 days, 0 cases would lose their content in the next round." in text_of(looked)
    other = desk.post(path, {**KEEP, "days": "60", "previewed": "90"})  # another number is looked at again
    assert "With 60 days" in text_of(other)
    assert recorded(house, "retention.defined") == []
    page = desk.followed(path, {**KEEP, "previewed": "90"})
    assert title_of(page) == "triage: content is erased 90 days after the decision"
    with house.store.reading() as reading:
        found = retention_of(reading, NAME)
    assert (found.days, found.reason, found.by) == (90, "data policy 4.2", "Lena Vogt")
    never = desk.followed(path, {"keep": "never", "reason": "a claim is in court"}, "safety owner")
    assert title_of(never) == "triage: content is kept until somebody erases it"
    assert desk.get("/settings/retention.json").json()["rows"][0]["by"] == "Ben Okafor"


BAD_RETENTIONS: list[tuple[dict[str, str], str]] = [
    ({"reason": " "}, "Say why: it is recorded."),
    ({"days": "-5"}, "Write a whole number of days"),
    ({"days": "1e9"}, "Write a whole number of days"),
    ({"days": "5"}, f"5 days are shorter than undo_days ({DEFINITION.undo_days})"),
    ({"keep": ""}, "Choose whether content is erased by itself."),
    ({"reason": "x" * 3_000}, "Shorten the reason"),
]


def test_a_retention_that_cannot_be_is_said_and_not_recorded(desk: WebDesk, house: House) -> None:
    for changed, words in BAD_RETENTIONS:
        sent = {**KEEP, "previewed": changed.get("days", "90"), **changed}
        answer = desk.post(f"/settings/retention/{NAME}", sent)
        assert answer.status_code == 400
        assert words in text_of(answer)
    assert recorded(house, "retention.defined") == []


def test_a_notice_is_tried_and_both_endings_are_on_record(desk: WebDesk, house: House, notifier: Notifier) -> None:
    page = desk.get("/settings/notifications", "administrator")
    assert title_of(page) == "Notifications: 1 receiver of kills, resumes, demotions and unusual traffic"
    assert ("ops.example" in page.text, "secret-path" in page.text) == (True, False)
    sent = {"receiver": _hidden(page, "receiver")}
    assert "Arrived" in text_of(desk.followed("/settings/notifications/try", sent, "administrator"))
    assert notifier.told == [(ADDRESS, "notice.tried")]
    notifier.broken = True
    failed = text_of(desk.followed("/settings/notifications/try", sent, "administrator"))
    assert "Did not arrive: it answered 503" in failed
    assert [one["failed"] for one in recorded(house, "notice.tried")] == ["", "it answered 503"]
    assert all("secret-path" not in str(one) for one in recorded(house, "notice.tried"))
    assert desk.post("/settings/notifications/try", {"receiver": "none"}, "administrator").status_code == 400


WRITES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "/settings/calendar": (CALENDAR, ("leader", "administrator")),
    "/settings/organisation": ({**ORGANISATION, "checked": "1"}, ("leader", "administrator")),
    f"/settings/retention/{NAME}": ({**KEEP, "previewed": "90"}, ("leader", "safety owner", "triage owner")),
    "/settings/notifications/try": ({"receiver": "none"}, ("administrator",)),
}


LOOKING = ("leader", "administrator", "safety owner", "triage owner", "other owner", "auditor", "outsider")


@pytest.mark.parametrize("path", WRITES)
def test_only_those_who_may_change_a_setting_can(desk: WebDesk, house: House, path: str) -> None:
    form, allowed = WRITES[path]
    for who in LOOKING:
        page = desk.get(path.removesuffix("/try"), who)
        drawn = f'action="{path}"' in page.text
        assert drawn == (who in allowed), who
        if who not in allowed:
            assert desk.post(path, form, who).status_code in {403, 404}
    for who in allowed:
        assert desk.post(path, form, who, forged=True).status_code == 403
    with house.store.reading() as reading:
        kinds = {entry.kind for entry in reading.entries()}
    assert kinds & {"calendar.defined", "organisation.defined", "retention.defined", "notice.tried"} == set()


def test_settings_of_a_workflow_are_shown_to_its_own_owners_alone(desk: WebDesk) -> None:
    for path in ("/settings/rights", "/settings/ownership", "/settings/retention"):
        assert NAME in desk.get(path, "triage owner").text
        assert NAME not in desk.get(path, "other owner").text
        assert NAME not in desk.get(f"{path}.json", "other owner").text
    for path in (
        "/settings/organisation",
        "/settings/organisation.yaml",
        "/settings/calendar",
        "/settings/notifications",
    ):
        assert desk.get(path, "triage owner").status_code == 403
    assert desk.get(f"/settings/retention/{NAME}", "other owner").status_code == 404
    assert desk.get("/settings/retention/nowhere").status_code == 404
    for as_ in ("reviewer", "operator", "outsider"):
        assert desk.get("/settings", as_).status_code == 403


def _hidden(answer: Any, name: str) -> str:
    import html

    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found is not None, text_of(answer)
    return html.unescape(found.group(1))

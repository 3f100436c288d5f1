"""The first pages: where each role begins, and a file of past decisions that is tried, and seen by who gave it."""

import html
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from governed import House
from interlock.adapters.trials.desk import TrialDesk
from interlock.surfaces.web.visitor import COOKIE, csrf_of
from interlock.terms.errors import BadInput
from interlock.terms.trial import TrialAsked
from interlock.wiring.packs import sample_path
from interlock.wiring.trial_log import log_tried
from interlock.wiring.trial_telling import Telling
from interlock.wiring.trials import WORKER
from quick_trials import quick_trials
from web_desk import WebDesk, text_of, title_of, web_desk


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Iterator[WebDesk]:
    trials = quick_trials(tmp_path, house.rt.clock)
    with web_desk(house.rt, trials=trials) as made:
        yield made
    trials.close()


def sent(
    desk: WebDesk, content: str, as_: str = "leader", *, name: str = "cases.csv", csrf: str | None = None, **fields: str
) -> Any:
    cookie = as_.replace(" ", "-")
    return desk.client.post(
        "/start/try",
        data={"csrf": csrf_of(cookie) if csrf is None else csrf, "budget": "0.05", **fields},
        files={"file": (name, content.encode(), "text/csv")},
        headers={"cookie": f"{COOKIE}={cookie}"},
        follow_redirects=False,
    )


def at_work(desk: WebDesk, address: str) -> Any:
    for _ in range(400):
        answer = desk.get(address)
        if "30 % done. Reading" in text_of(answer):
            return answer
        time.sleep(0.02)
    raise AssertionError(text_of(answer))


def ended(desk: WebDesk, address: str, as_: str = "leader") -> Any:
    for _ in range(400):
        answer = desk.get(address, as_)
        if "/cancel" not in answer.text:
            return answer
        time.sleep(0.02)
    raise AssertionError(text_of(answer))


@pytest.mark.parametrize(
    ("as_", "empty", "filled"),
    [
        ("leader", "/start", "/portfolio"),
        ("value owner", "/start", "/portfolio"),
        ("safety owner", "/start", "/portfolio"),
        ("administrator", "/start", "/settings"),
        ("reviewer", "/queue", "/queue"),
        ("auditor", "/ledger", "/ledger"),
        ("operator", "/portfolio", "/portfolio"),
        ("outsider", "/account", "/account"),
        (None, "/sign-in?next=%2F", "/sign-in?next=%2F"),
    ],
)
def test_each_role_begins_where_its_work_is(
    desk: WebDesk, house: House, as_: str | None, empty: str, filled: str
) -> None:
    assert desk.get("/", as_).headers["location"] == empty
    house.define()
    assert desk.get("/", as_).headers["location"] == filled


def test_whoever_may_not_try_is_refused_by_address_and_by_form(desk: WebDesk) -> None:
    address = sent(desk, "long").headers["location"]

    for as_ in ("reviewer", "auditor", "operator", "outsider"):
        answers = [desk.get(path, as_) for path in ("/start", "/start/sample.csv", address, f"{address}/report")]
        answers += [desk.post(path, {}, as_) for path in ("/start/sample", f"{address}/cancel", f"{address}/delete")]
        answers.append(sent(desk, "fine", as_))
        assert [answer.status_code for answer in answers] == [403] * 8, as_
    others = [desk.get(address, "value owner"), desk.post(f"{address}/cancel", {}, "value owner")]
    others += [desk.get(f"{address}/{what}", "value owner") for what in ("report", "report.html", "evaluation.json")]
    assert [answer.status_code for answer in others] == [404] * 5
    assert at_work(desk, address).status_code == 200


def test_a_forged_form_begins_nothing_and_ends_nothing(desk: WebDesk) -> None:
    address = sent(desk, "long").headers["location"]

    assert sent(desk, "fine", "value owner", csrf="").status_code == 403
    assert desk.post("/start/sample", {}, "value owner", forged=True).status_code == 403
    for what in ("cancel", "delete", "again"):
        assert desk.post(f"{address}/{what}", {}, forged=True).status_code == 403
    assert desk.site.trials.of("Ana Ruiz") == ()
    assert title_of(desk.get(address)) == "Trying cases.csv"


def test_a_file_whose_columns_cannot_be_guessed_is_mended_on_its_page_and_its_report_runs_nothing(
    desk: WebDesk,
) -> None:
    address = sent(desk, "fine").headers["location"]
    refused = ended(desk, address)
    assert title_of(refused) == "cases.csv cannot be tried as it is"
    assert "name the column with “What people decided”" in text_of(refused)
    assert '<option value="&lt;b&gt;queue&lt;/b&gt;">' in refused.text
    assert "<b>queue" not in refused.text
    wrong = desk.post(f"{address}/again", {"label": "no such", "cost_wrong": "-3", "budget": "9"})
    assert wrong.status_code == 400
    assert "The file has no column 'no such'" in text_of(wrong)
    assert "-3 is not an amount in USD over 0" in text_of(wrong)
    assert 'value="-3"' in wrong.text
    desk.followed(f"{address}/again", {"label": "<b>queue</b>", "budget": "0.1"})
    done = ended(desk, address)
    assert title_of(done) == "32 % of it, proved"
    report = desk.get(f"{address}/report")
    assert report.text == "<style>p{}</style><p>report"
    assert report.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "sandbox" in report.headers["content-security-policy"]
    download = desk.get(f"{address}/report.html").headers["content-disposition"]
    assert download == 'attachment; filename="cases-report.html"'
    assert desk.get(f"{address}/evaluation.json").text == "{}"


def test_work_can_be_watched_with_and_without_script_and_cancelled_and_deleted(desk: WebDesk) -> None:
    address = sent(desk, "long").headers["location"]
    page = at_work(desk, address)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    assert "hx-get" in page.text
    assert desk.get(address, **{"hx-request": "true"}).status_code == 200
    again = sent(desk, "fine")
    assert again.status_code == 400
    assert "A file of yours is at work already" in text_of(again)
    assert title_of(desk.followed(f"{address}/cancel", {})) == "You cancelled the trial of cases.csv"
    assert desk.get(address, **{"hx-request": "true"}).headers["hx-redirect"] == address
    assert "cases.csv" not in text_of(desk.followed(f"{address}/delete", {}))
    gone = desk.get(address, **{"hx-request": "true"})
    assert (gone.status_code, gone.headers["hx-refresh"]) == (404, "true"), "a page that watches it would look for ever"
    assert "when the server is started anew" in text_of(gone)


def test_who_signs_out_leaves_no_file_behind(desk: WebDesk) -> None:
    others, own = sent(desk, "long", "value owner"), sent(desk, "long")
    assert (others.status_code, own.status_code) == (303, 303)
    assert desk.post("/sign-out", {}).headers["location"] == "/sign-in"
    assert desk.site.trials.of("Lena Vogt") == ()
    assert len(desk.site.trials.of("Ana Ruiz")) == 1


def test_bad_input_is_told_and_what_was_chosen_stays(desk: WebDesk) -> None:
    none = desk.post("/start/try", {"budget": "0.1", "cost_wrong": "many"})
    assert none.status_code == 400
    assert "Choose a file with past cases" in text_of(none)
    assert "Many is not an amount in USD over 0" in text_of(none)
    assert '<option value="0.1" selected>' in none.text
    assert "The file is empty" in text_of(sent(desk, ""))
    assert "The file is larger than" in text_of(sent(desk, "x" * 1001))
    assert desk.post("/start/sample", {"budget": "2"}).status_code == 400


def test_a_hostile_name_is_text(desk: WebDesk) -> None:
    address = sent(desk, "long", name='"><script>alert(1)</script>\u202e.csv').headers["location"]
    page = desk.get(address)
    assert "<script>alert" not in page.text
    assert "script" in html.unescape(title_of(page))


def test_a_real_file_is_tried(house: House, tmp_path: Path) -> None:
    trials = TrialDesk(
        [sys.executable, *WORKER], environment={"INTERLOCK_STORE": "postgresql://secret"}, sample=sample_path(),
        parent=tmp_path, clock=house.rt.clock, bytes_max=10**6,
    )  # fmt: skip
    head, *rows = sample_path().read_text().splitlines(keepends=True)
    recorded = head.strip() + ",ai_label,confidence\n"
    recorded += "".join(
        f"{row.strip()},{row.strip().rsplit(',', 1)[1]},0.{i % 90 + 10}\n" for i, row in enumerate(rows)
    )
    with web_desk(house.rt, trials=trials) as desk:
        address = desk.client.post(
            "/start/try",
            data={"csrf": csrf_of("leader")},
            files={"file": ("past.csv", recorded.encode())},
            headers={"cookie": f"{COOKIE}=leader"},
            follow_redirects=False,
        ).headers["location"]
        for _ in range(600):
            done = desk.get(address)
            if "/cancel" not in done.text:
                break
            time.sleep(0.05)
        report = desk.get(f"{address}/report")
        trials.forget_all("Lena Vogt")
        gone = desk.get(address)
    trials.close()

    assert "recorded predictions may handle 100 % of these cases" in title_of(done), text_of(done)
    assert "past.csv" in text_of(report)
    assert (report.status_code, gone.status_code, list(tmp_path.glob("interlock-try-*"))) == (200, 404, [])


def test_an_event_log_is_asked_where_work_waits(desk: WebDesk) -> None:
    assert "/start/log" in desk.get("/start").text
    assert title_of(desk.get("/start/log")) == "Where does work wait?"
    nothing = desk.post("/start/try", {"log": "yes", "closed": "paid <b>"})
    assert (nothing.status_code, "Choose an export of events" in text_of(nothing)) == (400, True)
    assert ('value="paid &lt;b&gt;"' in nothing.text, title_of(nothing)) == (True, "Where does work wait?")
    address = sent(desk, "fine", log="yes", closed="paid").headers["location"]
    refused = ended(desk, address)
    assert all(words in text_of(refused) for words in ("What an event belongs to", "The activity that ends a case"))
    assert ('value="paid"' in refused.text, "Error budget" in text_of(refused)) == (True, False)
    wrong = desk.post(f"{address}/again", {"case": "none such", "closed": "paid"})
    assert "The file has no column 'none such'" in text_of(wrong)
    desk.followed(f"{address}/again", {"case": "message", "closed": "sent"})
    (trial,) = desk.site.trials.of("Lena Vogt")
    assert (trial.asked.log, trial.asked.case, trial.asked.closed, trial.asked.label) == (True, "message", "sent", "")


def test_the_process_finds_where_work_waits(tmp_path: Path) -> None:
    rows = [f"T{n},opened,2026-03-0{n % 5 + 1} 08:00\nT{n},paid,2026-03-0{n % 5 + 3} 08:00" for n in range(10)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["ticket_id,activity,timestamp", *rows]))
    telling = Telling(tmp_path / "progress.json")
    headline = log_tried(tmp_path, path, TrialAsked(log=True, closed="paid"), telling)
    assert headline == "Work waits between 'opened' and 'paid': 10 times in 10 of 10 cases"
    assert telling.columns == {"ticket_id": "T0", "activity": "opened", "timestamp": "2026-03-01 08:00"}
    figures = json.loads((tmp_path / "evaluation.json").read_text())
    assert (figures["log"]["ended_cases"], figures["choke_points"][0]["gap"]["hours"]) == (10, 480.0)
    assert "Draft 1" in (tmp_path / "report.html").read_text()
    with pytest.raises(BadInput, match="no such column"):
        log_tried(tmp_path, path, TrialAsked(log=True, case="ticket"), telling)

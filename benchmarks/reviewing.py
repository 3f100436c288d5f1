"""How many cases an hour can one person decide by keyboard, page loads and all?

    python benchmarks/reviewing.py                # 200 decisions
    python benchmarks/reviewing.py --cases 50

A real server in a process of its own, a real Chromium, one scripted reviewer with no time to think: what is left is
what the pages cost. Every case is read as it is shown; most are decided with a digit and Enter, every fourth is
approved, every tenth is decided otherwise with a canned reason, every twentieth is undone and decided again. Ends with
status 1 where it is slower than 200 an hour, where a decision is not on record, or where the browser complains.
"""

import argparse
import datetime as dt
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from playwright.sync_api import Page, sync_playwright

from interlock.surfaces.web.visitor import COOKIE
from pages.history import Size, make
from pages.visits import sign_in
from runtime.bars import Bars
from runtime.governed import opened
from runtime.timing import quantile
from served import served

AN_HOUR, WANTED = 3600, 200
SIZE = Size(workflows=20, decisions=5_000, open_reviews=1_000)
APPROVED, OTHERWISE, UNDONE = 4, 10, 20  # every so manieth case


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    chosen = parser.parse_args()
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="interlock-reviewing-") as folder:
        path = Path(folder) / "store.db"
        make(path, SIZE, now=dt.datetime.now(dt.UTC), told=lambda words: print(f"    {words}", flush=True))
        cookie = sign_in(str(path))["everything"]
        with opened(str(path)) as rt, rt.store.reading() as reading:
            begun = reading.last_entry() + 1
        with served(path) as server:
            took_s, complaints, undone = _work(server.address, cookie, chosen.cases)
        _judge(bars, path, begun, took_s, complaints, undone)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


def _work(address: str, cookie: str, cases: int) -> tuple[list[float], list[str], int]:
    """Seconds from one case on the screen to the next, and what the browser complained about."""
    complaints: list[str] = []
    took_s: list[float] = []
    undone = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/queue")
        _press(page, "n")
        for number in range(1, cases + 1):
            began = time.perf_counter()
            if number % UNDONE == 0:
                _decide(page, number)
                if page.locator("[data-key=u]").count():
                    _press(page, "u")
                    undone += 1
            _decide(page, number)
            took_s.append(time.perf_counter() - began)
        browser.close()
    return took_s, complaints, undone


def _decide(page: Page, number: int) -> None:
    page.locator("#text-title + *").inner_text()  # as far as a script reads
    if number % APPROVED == 0 and page.locator("[data-key=a]").count():
        _press(page, "a")
        return
    proposed = page.locator(".choice:has(.tag) input, .choice input").first
    others = page.locator(".choice:not(:has(.tag)) input[data-key]")
    if number % OTHERWISE == 0 and others.count():
        page.keyboard.press(others.first.get_attribute("data-key") or "1")
        if page.locator("#f-note").count():
            page.keyboard.press("w")
            page.keyboard.type("not what was proposed")
            page.keyboard.press("Escape")
    else:
        page.keyboard.press(proposed.get_attribute("data-key") or "1")
    _press(page, "Enter")


def _press(page: Page, key: str) -> None:
    """A key that leads to another page, which is there once its keys work."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def _judge(bars: Bars, path: Path, begun: int, took_s: list[float], complaints: list[str], undone: int) -> None:
    with opened(str(path)) as rt, rt.store.reading() as reading:
        closed = sum(1 for _ in reading.entries_of("review.closed", since=begun))
        back = sum(1 for _ in reading.entries_of("review.reopened", since=begun))
    bars.at_least("decisions an hour, page loads included", AN_HOUR * len(took_s) / sum(took_s), WANTED)
    print(f"    a case: p50 {quantile(took_s, 0.5):.2f} s, p95 {quantile(took_s, 0.95):.2f} s, n {len(took_s)}")
    bars.at_most("decisions of which the record knows another number", abs(closed - back - len(took_s)), 0)
    bars.at_least("decisions taken back on record", back, max(undone, 1))
    bars.at_most(f"complaints of the browser {sorted(set(complaints))[:3]}", len(complaints), 0)


if __name__ == "__main__":
    sys.exit(main())

"""How long after a kill by another process do open pages say so?

    python benchmarks/live.py                      # 40 kills, 200 more listeners
    python benchmarks/live.py --kills 10

A real server in a process of its own looks at the store four times a second, whoever listens. One page is open in a
real Chromium, 200 more connections listen beside it. This process kills and resumes. Measured is from the time at which
the kill holds, as recorded, to the moment in which the page shows it; and until the last of the others has heard. The
floor is the pause between two looks: nobody can hear sooner than the next one, half a pause on average. Ends with
status 1 where a page takes more than a second, or misses one.
"""

import argparse
import datetime as dt
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from playwright.sync_api import Page, sync_playwright

from interlock.engine.access.permissions import role_at
from interlock.engine.timestamp import moment, stamp
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import begin_session
from interlock.flows.action.kill import fence, resume
from interlock.flows.action.runtime import RunTime
from interlock.surfaces.web.live.watch import LOOK_S, OF_ONE_MAX, Watch
from interlock.surfaces.web.visitor import COOKIE
from interlock.terms.person import Person
from pages.history import Size, make
from pages.visits import sign_in
from runtime.bars import Bars
from runtime.governed import opened
from runtime.timing import quantile
from served import served

SIZE = Size(workflows=1_000, decisions=5_000, open_reviews=500)
LISTENERS = 200
WANTED_S = 1.0
GIVEN_UP_S = 5.0
LOOKS = 2_000
SHOWN = """stopped => new Promise(told => {
  const place = document.getElementById('live');
  const look = () => {
    if (place.textContent.includes('is stopped') === stopped) told(performance.timeOrigin + performance.now());
  };
  new MutationObserver(look).observe(place, {childList: true, subtree: true});
  look();
})"""


class Listeners:
    """Connections that listen, and when each heard last that something is stopped (seconds since 1970)."""

    def __init__(self, address: str, cookies: Sequence[str], n: int) -> None:
        at = urlsplit(address)
        self._sockets = [socket.create_connection((at.hostname or "", at.port or 0)) for _ in range(n)]
        self.heard = [0.0] * n
        for number, one in enumerate(self._sockets):
            cookie = cookies[number % len(cookies)]
            one.sendall(f"GET /live HTTP/1.1\r\nHost: {at.netloc}\r\nCookie: {COOKIE}={cookie}\r\n\r\n".encode())
            threading.Thread(target=self._listen, args=(number, one), daemon=True).start()

    def _listen(self, number: int, one: socket.socket) -> None:
        while content := one.recv(65_536):
            if b"is stopped" in content:
                self.heard[number] = time.time()

    def last_since(self, killed: float) -> float:
        """When the last of them has heard of a kill; infinity where one has not within GIVEN_UP_S."""
        until = time.time() + GIVEN_UP_S
        while min(self.heard) < killed:
            if time.time() > until:
                return float("inf")
            time.sleep(0.005)
        return max(self.heard)

    def close(self) -> None:
        for one in self._sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=40)
    kills = parser.parse_args().kills
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="interlock-live-") as folder:
        path = Path(folder) / "store.db"
        make(path, SIZE, now=dt.datetime.now(dt.UTC), told=lambda words: print(f"    {words}", flush=True))
        cookie = sign_in(str(path))["everything"]
        with served(path) as server, opened(str(path)) as rt:
            listeners = Listeners(server.address, _people(rt, LISTENERS // OF_ONE_MAX + 1), LISTENERS)
            page_s, last_s = _measured(rt, server.address, cookie, listeners, kills)
            listeners.close()
            look_us = _look_us(rt)
    print(f"    a page shows a kill after p50 {quantile(page_s, 0.5):.3f} s, p95 {quantile(page_s, 0.95):.3f} s, "
          f"n {len(page_s)}; the floor is half of {LOOK_S} s")  # fmt: skip
    print(
        f"    the last of {LISTENERS} more has heard after p50 {quantile(last_s, 0.5):.3f} s, max {max(last_s):.3f} s"
    )
    print(f"    one look where nothing changed: {look_us:.0f} microseconds, {1 / LOOK_S:.0f} times a second")
    bars.at_most("seconds until an open page shows a kill, at most", max(page_s), WANTED_S)
    bars.at_most("seconds until the last listener has heard of it, at most", max(last_s), WANTED_S)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


def _people(rt: RunTime, n: int) -> list[str]:
    """The cookies of so many people who may see stops."""
    cookies, by = [], Person("benchmark")
    with rt.store.transaction() as tx:
        tx.fence()
        for name in (f"Listener {number}" for number in range(n)):
            make_account(tx, name, [role_at("auditor")], by=by, at=stamp(rt.clock()))
            cookies.append(begin_session(tx, name, how="benchmark", now=rt.clock(), randomness=rt.randomness))
    return cookies


def _measured(
    rt: RunTime, address: str, cookie: str, listeners: Listeners, kills: int
) -> tuple[list[float], list[float]]:
    page_s: list[float] = []
    last_s: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/stop/history")
        page.wait_for_timeout(2_000)  # until everybody listens
        for number in range(kills):
            killed, shown, heard = _killed(rt, page, listeners, number)
            page_s.append(shown - killed)
            last_s.append(heard - killed)
        browser.close()
    return page_s, last_s


def _killed(rt: RunTime, page: Page, listeners: Listeners, number: int) -> tuple[float, float, float]:
    """When a kill held, the page showed it and the last listener heard of it, in seconds since 1970; it is resumed."""
    scope, by = f"tenant:bench-{number}", _resumer(rt)
    page.evaluate(f"() => {{ window.shown = ({SHOWN})(true); }}")
    fenced = fence(rt.store, scope, by=by, reason="a benchmark", clock=rt.clock)
    shown = page.evaluate("window.shown") / 1e3
    killed = moment(fenced.at).timestamp()
    heard = listeners.last_since(killed)
    resume(rt.store, scope, by=by, reason="a benchmark", clock=rt.clock)
    page.evaluate(SHOWN, False)
    return killed, shown, heard


def _resumer(rt: RunTime) -> Person:
    with rt.store.reading() as reading:
        return Person(reading.workflows()[0].definition["rights"]["resume"][0])


def _look_us(rt: RunTime) -> float:
    watch = Watch(rt.store)
    watch.look()
    began = time.perf_counter()
    for _ in range(LOOKS):
        watch.look()
    return (time.perf_counter() - began) / LOOKS * 1e6


if __name__ == "__main__":
    sys.exit(main())

"""Pictures of every page of the web application, from the served sample.

    make screenshots                                 # all into out/screenshots, those of the docs into docs/images
    python docs/images/screenshots.py --docs         # those of the docs alone
    python docs/images/screenshots.py --only /queue  # pages whose address begins so, and none for the docs

Each page on a desk (1280 pixels) and on a phone (390), light and dark, as somebody who may see it. Ends with status 1
where a page could not be shown or said something on the console, or where a picture of the docs is too large.
"""

import argparse
import io
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from interlock.ports.store import Reading
from interlock.wiring.run_time import open_address
from served import MAIN
from web_pages import FOR_A_WHILE, NO_PAGES, examples_of, routes_of

HERE = Path(__file__).parent
WINDOWS = {"desk": (1280, 800), "phone": (390, 800)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OF_A_ROUTE = 12  # examples of one address
# Where something is begun, by which button, and what shows that it is ready.
BEGUN = {
    "start-tries": ("/start", "Try the authored sample", "a[href$='/report.html']"),
    "reports-made": ("/reports/make/monthly", "Make it", "a[href$='/document']"),
}
READY_MS = 180_000
# What the first administrator sees of a store in which nothing happened yet.
EMPTY_PARTS = ("/", "/portfolio", "/stand-up", "/instruments", "/reports", "/start", "/settings", "/settings/people")
KILOBYTES_MAX, COLOURS = 150, 96
PEOPLE = ("Ivo Brandt", "Tess Okoro", "Noa Weiss", "Jon Reyes", "Ada Quist")
# The page, who looks at it, and the first link on it that is followed.
OF_THE_DOCS = {
    "demo": ("/demo", "Ada Quist", None),
    "portfolio": ("/portfolio", "Tess Okoro", None),
    "workflow": ("/workflows/message-triage", "Mara Lind", None),
    "queue": ("/queue", "Noa Weiss", None),
    "council": ("/council", "Tess Okoro", None),
    "stop": ("/stop", "Ivo Brandt", None),
    "why": ("/cases?workflow=message-triage", "Ada Quist", "main tbody th a"),
    "start": ("/start", "Jon Reyes", None),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="pages whose address begins so")
    parser.add_argument("--docs", action="store_true", help="pictures of the docs alone")
    parser.add_argument("--out", type=Path, default=Path("out/screenshots"))
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Path(folder) / "sample.db"
        browser = playwright.chromium.launch(executable_path=_chromium())
        with _served(store, "--demo") as served:
            server = served.address
            for route, addresses in {} if chosen.docs else _addresses(store).items():
                asked = [one for one in addresses if one.startswith(chosen.only)]
                said = [_pictures(browser, server, one, chosen.out) for one in asked]
                faults += [words for one in said if one is not None for words in one]
                if asked and not any(one is not None for one in said):
                    faults.append(f"{route}: nobody may see it, or it failed")
            if not chosen.only and not chosen.docs:
                faults += _for_a_while(browser, server, chosen.out)
            if not chosen.only:
                faults += _for_the_docs(browser, server)
        if not chosen.only and not chosen.docs:
            faults += _without_a_record(browser, Path(folder) / "empty.db", chosen.out)
        browser.close()
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(faults)} faults; the pictures are in {HERE if chosen.docs else chosen.out}")
    return 1 if faults else 0


def _pictures(browser: Browser, server: str, address: str, out: Path) -> list[str] | None:
    """The page in both windows and both schemes, as the first one who may see it; none of what is a file.

    What the console said; None where nobody may see it, such as a form for what is not to be done now.
    """
    for person in PEOPLE:
        with _visitor(browser, server, person) as page:
            answer = page.request.get(server + address)
            if not answer.ok:
                continue
            if not answer.headers.get("content-type", "").startswith("text/html"):
                return []
            return [f"{words}, as {person}" for words in _four(page, server, address, out / _file_name(address))]
    return None


def _four(page: Page, server: str, address: str, path: Path) -> list[str]:
    """One page in both windows and both schemes; what it says on the console meanwhile."""
    said = _listening(page)
    for name, (width, height) in WINDOWS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.goto(server + address)
            page.screenshot(path=f"{path}-{name}-{scheme}.png", full_page=True)
    return [f"{address}: the console says {words}" for words in said]


def _for_a_while(browser: Browser, server: str, out: Path) -> Iterator[str]:
    """Pages that are there only once something was begun, as who began it."""
    with _visitor(browser, server, "Jon Reyes") as page:
        yield from _four(page, server, "/reports/schedules/new", out / "reports-schedules-new")
        for name, (start, button, ready) in BEGUN.items():
            page.goto(server + start)
            page.get_by_role("button", name=button).click()
            page.locator(ready).first.wait_for(timeout=READY_MS)
            yield from _four(page, server, page.url.removeprefix(server), out / name)


def _without_a_record(browser: Browser, store: Path, out: Path) -> Iterator[str]:
    """Pages of a store in which nothing happened yet: the first account, then each part, then signing in again."""
    with _served(store) as server:
        context = browser.new_context()
        page = context.new_page()
        first = server.first.removeprefix(server.address)
        yield from _four(page, server.address, first, out / "empty-first")
        page.get_by_label("Your name").fill("Ana Ruiz")
        for field in page.locator("input[type=password]").all():
            field.fill("three words of nobody")
        page.get_by_role("button", name="Make the account").click()
        for part in EMPTY_PARTS:
            yield from _four(page, server.address, part, out / f"empty-{_file_name(part)}")
        context.close()
        page = browser.new_page()
        yield from _four(page, server.address, "/sign-in", out / "empty-sign-in")
        page.close()


def _listening(page: Page) -> list[str]:
    """What the page will say on the console."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


def _for_the_docs(browser: Browser, server: str) -> Iterator[str]:
    """A window's height of some pages, in few colours."""
    for name, (start, person, then) in OF_THE_DOCS.items():
        with _visitor(browser, server, person) as page:
            page.goto(server + start)
            if then is not None:
                page.goto(server + str(page.locator(then).first.get_attribute("href")))
            picture = Image.open(io.BytesIO(page.screenshot()))
        path = HERE / f"{name}.png"
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size > KILOBYTES_MAX * 1024:
            yield f"{path.name}: larger than {KILOBYTES_MAX} KB"


@contextmanager
def _visitor(browser: Browser, server: str, person: str) -> Iterator[Page]:
    """A page of somebody who chose to be that person."""
    width, height = WINDOWS["desk"]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    try:
        context.request.post(f"{server}/demo", form={"name": person})
        yield context.new_page()
    finally:
        context.close()


def _addresses(store: Path) -> dict[str, list[str]]:
    """Of pages that the sample has something for, by their route."""
    opened = open_address(str(store))
    try:
        with opened.store.reading() as reading:
            routes = [one for one in routes_of("GET") if one not in NO_PAGES and not one.startswith(FOR_A_WHILE)]
            return {"/demo": ["/demo"], **{route: _some(route, reading) for route in routes}}
    finally:
        opened.close()


def _some(route: str, reading: Reading) -> list[str]:
    try:
        return list(examples_of(route, reading))[:OF_A_ROUTE]
    except LookupError:
        return []


class Served(NamedTuple):
    """A server and, where there is no account yet, the link to make the first one."""

    address: str
    first: str


@contextmanager
def _served(store: Path, *options: str) -> Iterator[Served]:
    """A store served until the block ends."""
    command = [sys.executable, "-c", MAIN, "serve", *options, "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = ""
        try:
            for line in process.stderr:
                if found := re.search(r"its pages on (http://127\.0\.0\.1:\d+)/", line):
                    address = found[1]
                if address and (options or "/first?token=" in line):
                    yield Served(address, line.split()[-1])
                    return
            raise RuntimeError(f"{store.name} could not be served")
        finally:
            process.send_signal(signal.SIGTERM)


def _file_name(address: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")[:80] or "begin"


def _chromium() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not found:
        raise SystemExit("no Chromium here: on Debian, apt-get install chromium")
    return found


if __name__ == "__main__":
    sys.exit(main())

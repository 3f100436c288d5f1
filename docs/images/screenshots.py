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

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from interlock.ports.store import Reading
from interlock.wiring.run_time import open_address
from served import MAIN
from web_pages import FOR_A_WHILE, NO_PAGES, examples_of, routes_of

HERE = Path(__file__).parent
WINDOWS = {"desk": (1280, 800), "phone": (390, 800)}
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
        with _served(store) as server:
            browser = playwright.chromium.launch(executable_path=_chromium())
            addresses = [one for one in _addresses(store) if one.startswith(chosen.only)]
            for address in () if chosen.docs else addresses:
                faults += _pictures(browser, server, address, chosen.out)
            if not chosen.only:
                faults += _for_the_docs(browser, server)
            browser.close()
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(faults)} faults; the pictures are in {HERE if chosen.docs else chosen.out}")
    return 1 if faults else 0


def _pictures(browser: Browser, server: str, address: str, out: Path) -> Iterator[str]:
    """The page in both windows and both schemes, as the first one who may see it; none of what is a file."""
    for person in PEOPLE:
        with _visitor(browser, server, person) as page:
            answer = page.request.get(server + address)
            if not answer.ok:
                continue
            if not answer.headers.get("content-type", "").startswith("text/html"):
                return
            said = _listening(page)
            for name, (width, height) in WINDOWS.items():
                page.set_viewport_size({"width": width, "height": height})
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.goto(server + address)
                    page.screenshot(path=out / f"{_file_name(address)}-{name}-{scheme}.png", full_page=True)
            yield from (f"{address}, as {person}: the console says {words}" for words in said)
            return
    yield f"{address}: nobody may see it, or it failed"


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


def _addresses(store: Path) -> list[str]:
    """Of pages that the sample has something for."""
    opened = open_address(str(store))
    try:
        with opened.store.reading() as reading:
            routes = [one for one in routes_of("GET") if one not in NO_PAGES and not one.startswith(FOR_A_WHILE)]
            found = [address for route in routes for address in _some(route, reading)]
    finally:
        opened.close()
    return ["/demo", *dict.fromkeys(found)]


def _some(route: str, reading: Reading) -> list[str]:
    try:
        return list(examples_of(route, reading))[:2]
    except LookupError:
        return []


@contextmanager
def _served(store: Path) -> Iterator[str]:
    """The address of the served sample."""
    command = [sys.executable, "-c", MAIN, "serve", "--demo", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"its pages on (http://127\.0\.0\.1:\d+)/", line):
                    yield found[1]
                    return
            raise RuntimeError("the sample could not be served")
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

"""`interlock serve --demo`, as somebody starts it who has never seen Interlock."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from served import MAIN


def test_one_command_serves_the_sample_at_work_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--demo", "--port", "0"], stderr=subprocess.PIPE, text=True,
        env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert process.stderr is not None
    said: list[str] = []
    address = None
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"its pages on (http://127\.0\.0\.1:\d+)/", line):
            address = found[1]
            break
    assert address is not None, said
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as browser:
        first = browser.get("/", follow_redirects=True)
        inside = browser.post("/demo", data={"name": "Ivo Brandt", "next": "/stop"}, follow_redirects=True)
        length = _entries(browser)
        for _ in range(100):
            time.sleep(0.2)
            if _entries(browser) > length:
                break
        grown = _entries(browser)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert "Making an authored sample" in "".join(said)
    assert "Look at the sample as one of its people" in first.text
    assert (inside.status_code, inside.url.path) == (200, "/stop")
    assert "message-triage" in inside.text
    assert "Authored sample" in inside.text
    assert grown > length, "no message came in within 20 seconds"
    assert (process.returncode, list(tmp_path.iterdir())) == (128 + signal.SIGTERM, [])


def _entries(browser: httpx.Client) -> int:
    """The newest entry that the ledger's page shows."""
    return max(map(int, re.findall(r'href="/ledger/(\d+)"', browser.get("/ledger").text)), default=0)

"""The official openai client for JavaScript, whose address is changed and nothing else."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway_gate import Gate

CLIENT = Path(sys.prefix) / "node" / "node_modules" / "openai" / "index.mjs"
SCRIPT = Path(__file__).with_name("openai_client.mjs")
SAID = "Größe 42 is fine …"


def test_the_client_takes_every_answer(gate: Gate) -> None:
    if shutil.which("node") is None or not CLIENT.exists():
        pytest.skip("platform: no node, or no openai client for it in .venv/node; make node installs them")
    command = ["node", str(SCRIPT), str(CLIENT), gate.base_url, gate.keys["plain"]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert json.loads(done.stdout) == {
        "chat": [SAID, 5],
        "stream": SAID,
        "response": SAID,
        "responseStream": SAID,
        "embedding": [0.5, -0.25, 0],
        "models": ["small", "claude", "embed", "hasty", "spare", "patient", "auto"],
        "tool": {"name": "weather", "arguments": '{"city": "Vienna"}'},
        "errors": [["NotFoundError", 404], ["AuthenticationError", 401]],
    }

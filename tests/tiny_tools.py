"""A tool server on its pipes that starts at once, authored for tests: `python tests/tiny_tools.py TOOLS EFFECTS`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

listed, effects = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])


def did(what: str) -> None:
    with effects.open("a") as file:
        file.write(what + "\n")


def called(name: str, arguments: dict[str, Any]) -> Any:
    if name == "whoami":
        return {"pid": os.getpid(), "parent": os.getppid(), "environment": sorted(os.environ)}
    did(name)
    if name == "die":
        os._exit(1)
    if name == "pay_slowly":
        time.sleep(arguments["seconds"])
    return {"refund_id": f"r-{arguments.get('order')}"}


def result(method: str, params: Any) -> Any:
    if method == "initialize":
        known = {"name": "tiny", "version": "1"}
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": known}
    if method == "tools/list":
        return {"tools": listed}
    told = called(params["name"], params["arguments"])
    return {"content": [{"type": "text", "text": json.dumps(told)}], "structuredContent": told}


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        answer = {"jsonrpc": "2.0", "id": asked["id"], "result": result(asked["method"], asked.get("params"))}
        print(json.dumps(answer), flush=True)

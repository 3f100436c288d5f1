"""The floor: a bare pass-through on the gateway's own server and client. It parses nothing and knows nobody.

    python floor.py PORT fast=PORT slow=PORT ...

The first part of a path names the upstream: /fast/v1/chat/completions goes to http://127.0.0.1:PORT/v1/chat/completions.
"""

import sys
from typing import Any

import aiohttp
import uvicorn


class PassThrough:
    """Plain ASGI: what came goes on, what comes back goes out, chunk by chunk."""

    def __init__(self, upstreams: dict[str, str]) -> None:
        self._upstreams = upstreams
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        _, name, path = scope["path"].split("/", 2)
        headers = {"content-type": "application/json"}
        async with self._client().post(f"{self._upstreams[name]}/{path}", data=body, headers=headers) as answer:
            kind = answer.headers["content-type"].encode()
            await send({"type": "http.response.start", "status": answer.status, "headers": [(b"content-type", kind)]})
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._session


def main() -> None:
    port, *places = sys.argv[1:]
    upstreams = {name: f"http://127.0.0.1:{at}" for name, at in (place.split("=") for place in places)}
    app = PassThrough(upstreams)
    uvicorn.run(
        app, port=int(port), loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="error"
    )


if __name__ == "__main__":
    main()

"""The floor: the bare framework. A page of rows without any data, with the server's settings, in a process of its own.

    python benchmarks/pages/bare.py ROWS

prints the port that it listens on.
"""

import socket
import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<main><h1>{{ title }}</h1><table>
{% for row in rows %}<tr><th scope="row">{{ row }}</th><td class="n">{{ row }}</td><td>{{ words }}</td></tr>
{% endfor %}</table></main></body></html>"""
WORDS = "what is needed next, in so many words as a row of a page has of them"


def main(rows: int) -> None:
    template = Environment(autoescape=True).from_string(PAGE)
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(title="The floor", rows=range(rows), words=WORDS))

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    # As the server does it: only where the protocol is named does asyncio send small parts at once.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""A server on 127.0.0.1 that answers chat completions as a script says: for what no real server does when asked to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Question:
    """A request: which layer of which article, how often it was asked before, and the request itself."""

    layer: str
    article: str
    before: int
    request: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What goes back: by default a completion of `content`."""

    content: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    refusal: str | None = None
    finish: str = "stop"
    hangs: str | None = None
    """"silent": nothing comes; "drips": a blank each tenth of a second, for ever."""


@dataclass
class Server:
    """A running server; `asked` are all questions so far."""

    address: str
    asked: list[Question]


@contextmanager
def serving(script: Callable[[Question], Answer]) -> Iterator[Server]:
    """Serve until the context is left."""
    asked: list[Question] = []
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rules, article = request["messages"][0]["content"], request["messages"][-1]["content"]
            layer = re.search(r'^\{"(\w+)": \[', rules, re.MULTILINE)
            assert layer is not None
            key = (layer.group(1), article)
            question = Question(*key, sum((each.layer, each.article) == key for each in asked), request)
            asked.append(question)
            answer = script(question)
            message = {"role": "assistant", "content": answer.content, "refusal": answer.refusal}
            completion = {
                "id": "x", "object": "chat.completion", "created": 0, "model": request["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
            }  # fmt: skip
            body = answer.body if answer.body is not None else json.dumps(completion).encode()
            if answer.status != 200 and answer.body is None:
                body = json.dumps({"error": {"message": answer.content, "param": None}}).encode()
            if answer.hangs == "silent":
                over.wait(30)
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.hangs == "drips":
                self.end_headers()
                while not over.wait(0.1):
                    try:
                        self.wfile.write(b" ")
                    except OSError:
                        return
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}/v1", asked)
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()

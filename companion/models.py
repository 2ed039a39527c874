"""Ask for a file over the network: the one file that opens an internet socket.

`companion models get` alone uses it (see `downloads.py`). The host is not trusted: only
https is spoken, also after a redirect; no proxy and no address comes from anywhere but the
manifest and the command line; and nothing is waited for without an end.
"""

import base64
import contextlib
import http.client
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message

from companion import __version__
from companion.errors import DownloadError

AGENT = f"companion/{__version__}"
BLOCK = 1 << 18
"""Bytes read from the line at once"""
MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Rules:
    """How patient a download is, and where it may go."""

    stall: float = 30.0
    """Seconds without enough bytes after which an attempt ends"""
    slowest: float = 300.0
    """Bytes a second that are enough"""
    first_tries: int = 3
    """Attempts while nothing has come: most often there is no network"""
    tries: int = 6
    """Attempts in a row that did not get on, once something has come"""
    pause: float = 1.0
    """Seconds before the second attempt; twice as many before each next"""
    redirects: int = 5
    proxy: str = ""
    """Such as http://host:8080; none is looked up anywhere"""
    loopback: bool = False
    """Whether plain http to this very machine is allowed, too: for tests"""
    clock: Callable[[], float] = time.monotonic


class CutError(Exception):
    """An attempt ended early; another one may get on. The text is the end of a sentence."""


@dataclass(frozen=True)
class Answer:
    """What a host says."""

    host: str
    status: int
    """200: the whole file follows; 206: a part; others: nothing"""
    headers: Mapping[str, str]
    blocks: Iterator[bytes]


@contextlib.contextmanager
def ask(url: str, headers: Mapping[str, str], rules: Rules) -> Iterator[Answer]:
    """Ask for an address, and for the one that it points to, a few times.

    Raises CutError where another attempt may get on, also while blocks are read; DownloadError
    where none will.
    """
    url = _allowed("", url, rules)
    for _ in range(rules.redirects + 1):
        host = str(urllib.parse.urlsplit(url).hostname)
        try:
            response = _send(url, headers, rules)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in MOVED and "Location" in error.headers:
                url = _allowed(url, error.headers["Location"], rules)
                continue
            yield Answer(host, error.code, _plain(error.headers), iter(()))
            return
        with contextlib.closing(response):
            yield Answer(host, response.status, _plain(response.headers), _blocks(response, rules))
        return
    raise DownloadError(
        f"{host} points from one address to the next without end.",
        fix="Try again later, or choose another model.",
    )


def _plain(headers: Message) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


def _send(url: str, headers: Mapping[str, str], rules: Rules) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": AGENT, **headers})
    if rules.proxy:
        _lead_through(rules.proxy, request)
    # Built by hand: Python's own opener asks the environment for proxies, and follows anywhere.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    host = request.origin_req_host
    try:
        response: http.client.HTTPResponse = opener.open(request, timeout=rules.stall)
        return response
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise DownloadError(
                f"{host} does not prove that it is {host} ({reason.verify_message}).",
                fix="Check the clock of this device, and whether someone stands in between.",
            ) from None
        raise CutError(f"{host} cannot be reached ({_why(reason)})") from None


def _lead_through(proxy: str, request: urllib.request.Request) -> None:
    wrong = DownloadError(f"'{proxy}' is no proxy.", fix="Write it as http://host:port.")
    try:
        parts = urllib.parse.urlsplit(proxy)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme != "http" or not host:
        raise wrong
    request.set_proxy(f"{host}:{port or 80}", request.type)
    if parts.username:
        user = (
            f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        )
        coded = base64.b64encode(user.encode()).decode()
        request.add_header("Proxy-Authorization", f"Basic {coded}")


def _allowed(base: str, url: str, rules: Rules) -> str:
    """Make an address whole. Raises DownloadError where it must not be asked."""
    try:
        whole = urllib.parse.urljoin(base, url)
        parts = urllib.parse.urlsplit(whole)
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host = "", None
    to_itself = rules.loopback and scheme == "http" and host == "127.0.0.1"
    if host and (scheme == "https" or to_itself):
        return whole
    raise DownloadError(
        f"The download was led to an address that is not https ({url[:80]!r}), and stopped.",
        fix="Try again later, or choose another model.",
    )


def _blocks(response: http.client.HTTPResponse, rules: Rules) -> Generator[bytes, None, None]:
    """Yield what comes; a line that nearly stands still counts as cut."""
    since, came = rules.clock(), 0
    while True:
        try:
            block = response.read1(BLOCK)
        except (OSError, http.client.HTTPException) as error:
            raise CutError(f"the connection broke off ({_why(error)})") from None
        if not block:
            return
        yield block
        came += len(block)
        if (passed := rules.clock() - since) >= rules.stall:
            if came < rules.slowest * passed:
                raise CutError("the connection nearly stands still")
            since, came = rules.clock(), 0


def _why(error: object) -> str:
    """Name a fault of the line in a word or two."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or type(error).__name__

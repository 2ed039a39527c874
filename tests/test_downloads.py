"""A file is fetched whole and right, or the next call goes on; what breaks is said."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from companion.downloads import fetch
from companion.errors import DownloadError
from companion.manifest import ModelFile
from companion.models import Rules, ask

from .fetching import RIGHT, file_of, names
from .fetching import host as host
from .server import FAST, Host, row


def fetch_one(
    host: Host, folder: Path, *faults: str, rules: Rules = FAST, served: bytes = RIGHT
) -> list[int]:
    """Fetch a file whose right content is RIGHT; give the sizes that were told."""
    host.put("file.bin", served, *faults)
    return list(fetch(file_of(host), folder, rules))


def test_a_file_is_fetched_under_another_name_and_then_named(host, tmp_path):
    """Nothing but the whole file is left."""
    told = fetch_one(host, tmp_path)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert names(tmp_path) == ["file.bin"]
    assert told == sorted(told) and told[-1] == len(RIGHT)


def test_a_file_that_is_there_is_not_asked_for(host, tmp_path):
    """Also one that a person fetched by other means."""
    (tmp_path / "file.bin").write_bytes(RIGHT)
    fetch_one(host, tmp_path)

    assert host.asked == []


@pytest.mark.parametrize("fault", ["cut", "stall", "changed"])
def test_what_breaks_off_goes_on_where_it_stopped(host, tmp_path, fault):
    """And only the same file goes on: the tag of the first answer is sent along."""
    fetch_one(host, tmp_path, fault)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges() == [None, f"bytes={len(RIGHT) // 2}-"]
    assert host.asked[1][1]["If-Range"] == ('"two"' if fault == "changed" else '"one"')


def test_an_earlier_beginning_is_gone_on_with(host, tmp_path):
    """In another run, days later."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path)

    assert host.ranges() == ["bytes=100-"]
    assert names(tmp_path) == ["file.bin"]


def test_a_host_that_ignores_the_range_starts_it_anew(host, tmp_path):
    """The whole file is not put behind its own beginning."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, "whole")

    assert (tmp_path / "file.bin").read_bytes() == RIGHT


@pytest.mark.parametrize("fault", ["416", "elsewhere", "500", "503", "429"])
def test_a_passing_trouble_of_the_host_is_got_over(host, tmp_path, fault):
    """With a beginning that it does not know, too."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, fault)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT


@pytest.mark.parametrize("beginning", [b"of another file", bytes(len(RIGHT)), RIGHT + b"x"])
def test_a_wrong_beginning_is_thrown_away_and_fetched_anew(host, tmp_path, beginning):
    """Whether it is short, full or too long."""
    (tmp_path / "file.bin.part").write_bytes(beginning)
    fetch_one(host, tmp_path)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert names(tmp_path) == ["file.bin"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("cut", "the connection broke off"),
        ("stall", r"the connection broke off \(no answer in time"),
        ("silent", r"127.0.0.1 cannot be reached \(no answer in time"),
        ("trickle", "the connection nearly stands still"),
        ("503", "127.0.0.1 answers 503"),
    ],
)
def test_a_host_that_stays_bad_is_given_up(host, tmp_path, fault, says):
    """After a few attempts, in one sentence, and with what came kept."""
    rules = replace(FAST, stall=0.1, first_tries=2, tries=3)
    with pytest.raises(DownloadError, match=f"file.bin could not be fetched: {says}.*again"):
        fetch_one(host, tmp_path, *[fault] * 9, rules=rules)

    assert names(tmp_path) in ([], ["file.bin.part"])
    assert len(host.asked) <= 4


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("404", "does not give it out .answer 404"),
        ("403", "does not give it out .answer 403"),
        ("less", "59999 bytes are offered in place of 60000"),
        ("more", "60001 bytes are offered in place of 60000"),
        ("endless", "more than its 60000 bytes came"),
        ("wrong", "is not the file that Companion was checked with"),
        ("to:http://example.com/file.bin", "led to an address that is not https"),
        ("to:https://[", "led to an address that is not https"),
        ("to:file:///etc/hostname", "led to an address that is not https"),
        ("to:ftp://127.0.0.1/file.bin", "led to an address that is not https"),
        ("to:/file.bin", "points from one address to the next without end"),
    ],
)
def test_what_cannot_get_better_is_given_up_at_once(host, tmp_path, fault, says):
    """One sentence, nothing installed, never a byte more than the manifest says."""
    with pytest.raises(DownloadError, match=says):
        fetch_one(host, tmp_path, *[fault] * 9)

    assert not (tmp_path / "file.bin").exists()
    parts = list(tmp_path.iterdir())
    assert all(path.stat().st_size <= len(RIGHT) for path in parts)
    assert len(host.asked) <= 6


def test_a_wrong_file_does_not_stay_in_the_way(host, tmp_path):
    """The next attempt begins from nothing, and a right file is then taken."""
    with pytest.raises(DownloadError, match="nothing of it is installed"):
        fetch_one(host, tmp_path, "wrong")

    assert names(tmp_path) == []
    fetch_one(host, tmp_path)
    assert names(tmp_path) == ["file.bin"]


@pytest.mark.parametrize(
    ("digests", "taken"),
    [
        ({"sha256": ""}, True),
        ({"md5": ""}, True),
        ({"sha256": "", "md5": "0" * 32}, False),
        ({"sha256": "0" * 64}, False),
        ({"md5": "0" * 32}, False),
    ],
)
def test_every_digest_that_is_named_must_agree(host, tmp_path, digests, taken):
    """MD5 where that is all there is; both where both are known."""
    host.put("file.bin", RIGHT)
    file = file_of(host).model_copy(update=digests)
    with nullcontext() if taken else pytest.raises(DownloadError, match="was checked with"):
        list(fetch(file, tmp_path, FAST))

    assert (tmp_path / "file.bin").exists() == taken


def test_a_redirect_is_followed_and_the_range_with_it(host, tmp_path):
    """As model hosts do it."""
    host.put("stored", RIGHT)
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, "to:/stored")

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges() == ["bytes=100-", "bytes=100-"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "http://example.com/x", "https:///x", "https://a:port/x", "x"]
)
def test_only_https_is_asked(url):
    """Plain http, even to this machine, is for tests."""
    with pytest.raises(DownloadError, match="not https"), ask(url, {}, Rules()):
        pass


def test_a_host_that_is_not_there_is_one_sentence(tmp_path):
    """Also a name that cannot be one, and a host that is not at home."""
    for name in ("a" * 70 + ".example", "127.0.0.1:1"):
        file = ModelFile.model_validate(row(f"https://{name}", "file.bin", RIGHT))
        with pytest.raises(DownloadError, match="cannot be reached"):
            list(fetch(file, tmp_path, replace(FAST, first_tries=1)))


def test_a_proxy_is_used_when_named(host, tmp_path, monkeypatch):
    """And none is taken from the environment."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    host.put("file.bin", RIGHT)
    file = file_of(host)
    list(fetch(file, tmp_path, FAST))
    (tmp_path / "file.bin").unlink()
    proxy = host.url.replace("//", "//me:secret@")
    list(fetch(file, tmp_path, replace(FAST, proxy=proxy)))

    assert [path for path, _ in host.asked] == ["/file.bin", f"{host.url}/file.bin"]
    assert host.asked[1][1]["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"


@pytest.mark.parametrize("proxy", ["nonsense", "https://a:1", "http://a:port", "socks5://a:1"])
def test_what_is_no_proxy_is_one_sentence(host, tmp_path, proxy):
    """Before anything is asked."""
    with pytest.raises(DownloadError, match="is no proxy. Write it as http://host:port"):
        fetch_one(host, tmp_path, rules=replace(FAST, proxy=proxy))

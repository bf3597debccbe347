"""Files on a web server: servers that give parts and those that do not, that break off, or have no such file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import FIXTURES

from flows.batch import found_in
from flows.readers.entry import Entry
from flows.readers.limits import Options
from flows.sources import find_sources

pytest.importorskip("aiohttp", reason="the extra `remote` is not installed")

LONG = "".join(json.dumps({"id": f"d{n}", "text": f"{n} words " * 900}) + "\n" for n in range(800)).encode()
"""More than fsspec asks for at once, which is 5 MiB."""

FILES = {path.name: path.read_bytes() for path in (FIXTURES / "dumps").iterdir() if path.is_file()} | {
    "long.jsonl": LONG,
    "empty.txt": b"",
}


class Server(BaseHTTPRequestHandler):
    """Serves FILES: below /parts/ with ranges, below /whole/ without, below /endless/ without lengths, below /cut/ in part."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        _, way, name = self.path.partition("?")[0].split("/")
        data = FILES.get(name)
        if data is None:
            self.send_error(404)
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
        first, last = (int(wanted[1]), int(wanted[2])) if wanted and way == "parts" else (0, len(data) - 1)
        self.send_response(206 if wanted and way == "parts" else 200)
        if way == "parts":
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Range", f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}")
        part = data[first : last + 1]
        if way != "endless":
            self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(part[: len(part) // 2] if way == "cut" else part)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """A reader that has read enough hangs up."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Quiet(("127.0.0.1", 0), Server) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()


def read(url: str) -> list[Entry]:
    [source] = find_sources([url])
    return list(found_in(source, Options()))


@pytest.mark.parametrize("way", ["parts", "whole", "endless"])
@pytest.mark.parametrize(
    "name", ["long.jsonl", "page.html", "pages.zip", "stories.parquet", "crawl.warc.gz", "page.txt.xz", "empty.txt"]
)
def test_a_file_is_read_as_if_it_lay_here(server: str, way: str, name: str, tmp_path: pytest.TempPathFactory) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    here, there = read(str(tmp_path / name)), read(f"{server}/{way}/{name}?x=1#top")
    assert there == here


def test_what_came_before_a_server_broke_off_is_not_lost(server: str) -> None:
    *found, last = read(f"{server}/cut/long.jsonl")
    assert 100 < len(found) < 401
    assert all(entry.refused is None for entry in found)
    assert last.refused
    assert last.refused[0] == "unreadable"
    assert "the server broke off" in last.refused[1]


def test_a_file_that_is_not_there_is_one_rejected_document(server: str) -> None:
    [entry] = read(f"{server}/whole/absent.txt")
    assert entry.refused
    assert entry.refused[0] == "unreadable"

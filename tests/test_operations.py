"""What those who run it see: log lines, events, and what `doctor` finds."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Command

from flows import doctor
from flows.run import PREFECT_DEFAULTS


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text("A few words of text, as in any document that people write for others to read.\n")
    (tmp_path / "in" / "empty\n.txt").write_text("")
    return tmp_path


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.usefixtures("prefect_server")
def test_log_lines_are_objects(copydesk: Command, place: Path) -> None:
    how = ("--output", place / "out", "--runner", "thread:1", "--log-format", "json")
    result = copydesk("run", place / "in", *how, "--json")
    assert result.status == 1
    said = lines(result.err)
    assert [row["event"] for row in said] == ["run_started", "document_rejected", "batch_done", "run_ended"]
    assert all(row["time"].endswith("+00:00") for row in said)
    assert [row["level"] for row in said] == ["info", "warning", "info", "info"]
    _, rejected, batch, end = said
    assert (rejected["path"], rejected["reason"], rejected["member"]) == ("empty\n.txt", "empty", None)
    assert rejected["message"]
    assert (batch["documents"], batch["ok"], batch["rejected"], batch["documents_so_far"]) == (2, 1, 1, 2)
    assert (end["documents"], end["ok"], end["rejected"]) == (2, 1, 1)
    again = copydesk("retry", place / "out", "--rejected", "--runner", "thread:1", "--log-format", "json")
    assert [row["event"] for row in lines(again.err)] == ["run_started", "document_rejected", "batch_done", "run_ended"]
    assert copydesk("run", place / "in", *how, "--quiet").err == ""


def test_errors_are_objects_too_and_text_is_the_default(copydesk: Command, tmp_path: Path) -> None:
    call = ("run", tmp_path / "none", "--output", tmp_path / "out")
    result = copydesk(*call, "--log-format", "json")
    [row] = lines(result.err)
    assert (result.status, row["event"], row["level"]) == (2, "failed", "error")
    assert "does not exist" in row["message"]
    assert copydesk(*call).err.startswith("copydesk: ")


@pytest.mark.usefixtures("prefect_server")
def test_a_run_tells_prefect_what_it_counts(place: Path) -> None:
    from flows.clean_dump import clean_dump

    out = str(place / "out")
    clean_dump(str(place / "in"), out, runner="thread:1")
    events = {row["event"]: row for row in told(out, 2)}
    for name in ("copydesk.batch.cleaned", "copydesk.run.finished"):
        payload = events[name]["payload"]
        assert (payload["documents"], payload["ok"], payload["rejected"], payload["reasons"]) == (2, 1, 1, {"empty": 1})


def told(out: str, number: int) -> list[dict[str, Any]]:
    """The events about an output that the server has, once there are so many."""
    from prefect.client.orchestration import get_client

    wanted = {"event": {"prefix": ["copydesk."]}, "resource": {"id": [f"copydesk.output.{out}"]}}
    with get_client(sync_client=True) as client:
        for _ in range(150):
            found = client._client.post("/events/filter", json={"filter": wanted}).json()["events"]
            if len(found) >= number:
                break
            time.sleep(0.2)
    return list(found)


def todo(found: list[doctor.Finding]) -> dict[str, str]:
    return {finding.what: finding.todo for finding in found if finding.todo}


def test_the_doctor_finds_nothing_here(copydesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    result = copydesk("doctor", "--output", tmp_path)
    assert (result.status, result.err) == (0, "")
    for what in ("copydesk", "Python", "prefect", "fastapi", "sqlalchemy", "prefect run", "no calls out", "server", "room"):
        assert f"{what}" in result.out


@pytest.mark.parametrize(
    ("name", "found", "said"),
    [
        ("prefect", "3.9.1", "prefect>=3.8.8"),
        ("prefect", "", "prefect>=3.8.8"),
        ("fastapi", "0.155.0", "fastapi<0.151"),
        ("sqlalchemy", "2.1.0b1", "never run"),
    ],
)
def test_the_doctor_knows_what_breaks_prefect(
    name: str, found: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda asked: found if asked == name else real(asked))
    assert said in todo(list(doctor.examine(str(tmp_path))))[name]


def test_the_doctor_sees_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
    assert "prefect server start" in todo(list(doctor.examine(str(tmp_path))))["Prefect's server"]


@pytest.mark.parametrize(("name", "value"), [("PREFECT_SERVER_ANALYTICS_ENABLED", "true"), ("DO_NOT_TRACK", "0")])
def test_the_doctor_sees_calls_out(name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for known in doctor.QUIET:
        monkeypatch.setenv(known, PREFECT_DEFAULTS[known])
    assert "no calls out" not in todo(list(doctor.examine(str(tmp_path))))
    monkeypatch.setenv(name, value)
    assert name in todo(list(doctor.examine(str(tmp_path))))["no calls out"]


def test_the_doctor_sees_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "ROOM", 1 << 60)
    assert "make room" in todo(list(doctor.examine(str(tmp_path / "not" / "there"))))["room for records"]

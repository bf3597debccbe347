"""Runs on other machines' workers and on object storage: a real Dask scheduler, and a server that speaks S3."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from flows.work import Made

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers on port {port}")


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in reversed(started):
        process.terminate()
    for process in started:
        process.wait(30)


def start(processes: list[subprocess.Popen[bytes]], *command: str, **environment: str) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    processes.append(subprocess.Popen([sys.executable, *command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_run_on_a_dask_cluster(tmp_path: Path, raw: list[Path], processes: list[subprocess.Popen[bytes]]) -> None:
    pytest.importorskip("prefect_dask", reason="the extra `dask` is not installed")
    from prefect.settings import PREFECT_API_URL

    from flows.run import clean_all

    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    start(processes, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    wait_for(port)
    for _ in range(2):
        start(
            processes,
            *(
                "-m",
                "distributed.cli.dask_worker",
                address,
                "--nthreads",
                "1",
                "--no-dashboard",
                "--local-directory",
                str(tmp_path / "dask"),
            ),
            PREFECT_API_URL=str(PREFECT_API_URL.value()),
        )
    wait_for_workers(address)
    seen: list[Made] = []
    counts = clean_all([str(raw[0].parent)], tmp_path / "out", seen.extend, runner=f"dask:{address}", settings={"batch": 2})
    assert counts["outcomes"] == {"ok": 5}
    for file in raw:
        record = pipeline.clean(file.read_bytes(), name=file.name, path=file.name)
        assert (tmp_path / "out" / f"{file.stem}.json").read_bytes() == pipeline.to_json(record)


def wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


@pytest.fixture
def bucket(processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty bucket."""
    pytest.importorskip("moto", reason="moto is not installed")
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
    port = free_port()
    start(processes, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    wait_for(port)
    names = {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("dumps")
    return "s3://dumps"


@pytest.mark.filterwarnings("ignore")
def test_a_run_from_and_to_object_storage(tmp_path: Path, bucket: str) -> None:
    import s3fs
    from test_session import TEXT, members, once

    from flows.apart import dismiss

    fs = s3fs.S3FileSystem()
    fs.pipe_file(
        "dumps/in/dump.jsonl", b"".join(json.dumps({"id": f"d{n}", "text": TEXT.format(n=n)}).encode() + b"\n" for n in range(10))
    )
    fs.pipe_file("dumps/in/page.txt", TEXT.encode())
    how = {"format": "jsonl", "state": str(tmp_path / "state"), "runner": "process:1"}
    assert once(f"{bucket}/in", f"{bucket}/out", limit=1, **how)["cleaned"] == 7
    assert once(f"{bucket}/in", f"{bucket}/out", **how)["cleaned"] == 4
    assert once(f"{bucket}/in", f"{bucket}/out", **how) == {"documents": 11}
    fs.invalidate_cache()
    fs.get("dumps/out", str(tmp_path / "copy"), recursive=True)
    assert members(tmp_path / "copy") == [*(f"d{n}" for n in range(10)), None]
    assert json.loads((tmp_path / "copy" / "MANIFEST").read_bytes())["documents"] == 11
    dismiss()

"""The text that a record was made from, found again below the run's input folder."""

from __future__ import annotations

from pathlib import Path

from flows.report.view import ends_with
from pipeline.decode import MAX_BYTES
from pipeline.document import UnusablePayloadError
from pipeline.record import Record, payload_id
from pipeline.verify import source_text


def origin_text(record: Record, source: Path) -> str | None:
    """The decoded text of a record's document; `None` if it is not there or no longer the same bytes."""
    path = record.source.path
    if not path or record.status != "ok":
        return None
    root = source.resolve()
    file = root if root.is_file() else (root / path).resolve()
    if not file.is_relative_to(root):
        return None
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            return None
        data = file.read_bytes()
    except (OSError, ValueError):
        return None
    return _text(record, data) if payload_id(data) == record.id else None


def _text(record: Record, data: bytes) -> str | None:
    try:
        text = source_text(record, data)
    except UnusablePayloadError:
        return None
    return text if ends_with(record.blocks, text) else None

"""Check a record against the bytes it was made from: schema, hash, tiling, spans, text, fingerprints."""

from __future__ import annotations

from pipeline.decode import decode_bytes
from pipeline.document import Block, Document, Label, Payload, Repair, UnusablePayloadError
from pipeline.fingerprint import simhash64, text_sha256, words
from pipeline.html import MEDIA_TYPES, flatten_page
from pipeline.markdown import MEDIA_TYPE, fenced
from pipeline.record import Record, payload_id
from pipeline.view import SYNTAXES, main_text


def verify(record: Record, data: bytes) -> list[str]:
    """What does not hold of a record, given its payload's bytes; empty if all holds."""
    faults = []
    if record.id != payload_id(data):
        faults.append(f"id: the bytes hash to {payload_id(data)}, the record says {record.id}; this is another document")
    if record.source.size != len(data):
        faults.append(f"source.size: {len(data)} bytes were given, the record says {record.source.size}")
    if record.status == "rejected":
        return faults if record.reason else [*faults, "reason: a rejected record must say why"]
    try:
        text = source_text(record, data)
    except UnusablePayloadError as error:
        return [*faults, f"decoding: the bytes cannot be decoded: {error}"]
    return faults + _tiling(record, text) + _spans(record, text) + _view(record, data, text)


def source_text(record: Record, data: bytes) -> str:
    """The decoded text to which a record's offsets refer, from its payload's bytes; raises `UnusablePayloadError`."""
    declared = record.decoding.declared if record.decoding else None
    text = decode_bytes(data, declared).text
    return flatten_page(text, ask_others=False)[0] if record.source.media_type in MEDIA_TYPES else text


def _tiling(record: Record, text: str) -> list[str]:
    faults, position = [], 0
    for n, block in enumerate(record.blocks):
        if block.start != position:
            faults.append(f"blocks[{n}]: starts at {block.start}, the block before ends at {position}")
        if block.end <= block.start:
            faults.append(f"blocks[{n}]: ends at {block.end}, before or where it starts ({block.start})")
        if block.label is Label.BLANK and text[block.start : block.end].strip():
            faults.append(f"blocks[{n}]: is called blank and is not")
        if block.kept != Block(0, 0, block.label).kept:
            faults.append(f"blocks[{n}]: kept={block.kept} does not go with its label {block.label}")
        position = block.end
    if position != len(text):
        faults.append(f"blocks: end at {position}, the text at {len(text)}")
    return faults


def _spans(record: Record, text: str) -> list[str]:
    faults = []
    for name, candidates in record.evidence.items():
        for n, c in enumerate(candidates):
            if text[c.start : c.end] != c.raw:
                faults.append(f"evidence.{name}[{n}]: {c.raw!r} does not stand at {c.start}:{c.end}")
    for n, problem in enumerate(record.problems):
        if problem.start is not None and not 0 <= problem.start <= (problem.end or 0) <= len(text):
            faults.append(f"problems[{n}]: {problem.start}:{problem.end} is outside the text")
    return faults


def _view(record: Record, data: bytes, text: str) -> list[str]:
    repairs = record.decoding.repairs if record.decoding else []
    syntax = record.source.media_type if record.source.media_type in SYNTAXES else ""
    document = Document(
        Payload(data, record.source.name),
        text,
        blocks=tuple(Block(b.start, b.end, b.label) for b in record.blocks),
        repairs=tuple(Repair(r.start, r.end, tuple((s.action, s.parameter) for s in r.steps)) for r in repairs),
        syntax=syntax,
        code=fenced(text) if syntax == MEDIA_TYPE else (),
    )
    rebuilt = main_text(document)
    faults = []
    if rebuilt != record.text:
        faults.append("text: is not what the kept blocks give")
    tokens = words(rebuilt)
    prints = record.fingerprints
    if prints is None or (prints.text_sha256, prints.simhash64) != (text_sha256(tokens), simhash64(tokens)):
        faults.append("fingerprints: do not belong to the text")
    counts = record.counts
    kept = sum(b.kept for b in record.blocks)
    if counts is None or (counts.characters, counts.words, counts.blocks, counts.blocks_kept) != (
        len(rebuilt),
        len(tokens),
        len(record.blocks),
        kept,
    ):
        faults.append("counts: do not belong to the text and blocks")
    return faults

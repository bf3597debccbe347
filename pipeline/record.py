"""The canonical record: its typed model, its JSON Schema, its bytes.

Field order here is the order in the JSON. `docs/record.md` describes each field.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from pipeline.document import Document, Label, ProblemCode, RejectionCode
from pipeline.fingerprint import simhash64, text_sha256, words
from pipeline.version import RULES, VERSION
from pipeline.view import main_text

SCHEMA_ID = "https://copydesk.invalid/record.schema.json"
"""Identifies the schema; there is nothing to fetch there (RFC 2606)."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the record."""


class Reason(Strict, frozen=True):
    """Why a document was rejected."""

    code: RejectionCode
    message: str


class Source(Strict, frozen=True):
    """Where the bytes came from; `path` is relative to the run's input root."""

    name: str
    member: str | None
    path: str | None
    url: str | None
    media_type: str
    size: int
    fetched_at: str | None


class RepairStep(Strict, frozen=True):
    """One step of a repair: ftfy's action and its parameter."""

    action: str
    parameter: str


class Repair(Strict, frozen=True):
    """A mojibake repair of a span, to be replayed step by step."""

    start: int
    end: int
    steps: list[RepairStep]


class Decoding(Strict, frozen=True):
    """How the bytes became text."""

    encoding: str
    method: Literal["bom", "declared", "utf-8", "statistical", "fallback", "given"]
    declared: str | None
    replaced: int
    repairs: list[Repair]


class Author(Strict, frozen=True):
    """Who wrote the document."""

    name: str
    honorific: str | None
    kind: Literal["person", "organisation"]
    affiliation: str | None
    role: str | None
    bio: str | None


class Contributor(Strict, frozen=True):
    """Who else worked on it."""

    name: str
    role: str


class Outlet(Strict, frozen=True):
    """Who published it."""

    name: str
    domain: str | None


class LanguageSpan(Strict, frozen=True):
    """A stretch in one language."""

    start: int
    end: int
    code: str


class Language(Strict, frozen=True):
    """BCP 47 code, `und` if undetermined."""

    code: str
    confidence: float
    method: str
    spans: list[LanguageSpan]


class Caption(Strict, frozen=True):
    """A picture's caption and its credit."""

    text: str
    credit: str | None


class BlockEvidence(Strict, frozen=True, gc=False):
    """Which rule or model spoke, what it saw, how sure it was."""

    rule: str
    seen: str
    confidence: float


class Block(Strict, frozen=True, gc=False):
    """A labelled span of the decoded text."""

    start: int
    end: int
    label: Label
    kept: bool
    evidence: list[BlockEvidence]


class FieldEvidence(Strict, frozen=True, gc=False):
    """A candidate for a field: the value, where it stands, the source characters there, and whether it was chosen."""

    value: str
    start: int
    end: int
    raw: str
    rule: str
    confidence: float
    chosen: bool


class Problem(Strict, frozen=True):
    """Something wrong with the document, and where."""

    code: ProblemCode
    start: int | None
    end: int | None
    message: str


class Fingerprints(Strict, frozen=True):
    """For exact and near duplicates of the main content."""

    text_sha256: str
    simhash64: str


class Counts(Strict, frozen=True):
    """Sizes of the main content and number of blocks."""

    characters: int
    words: int
    blocks: int
    blocks_kept: int


class Pipeline(Strict, frozen=True):
    """What made the record."""

    name: str
    version: str
    rules: str
    model: str | None


class Record(Strict, frozen=True):
    """One document, cleaned or rejected."""

    schema_version: Literal["1"]
    id: str
    status: Literal["ok", "rejected"]
    reason: Reason | None
    source: Source
    decoding: Decoding | None
    title: str | None
    standfirst: str | None
    authors: list[Author]
    contributors: list[Contributor]
    date_published: str | None
    date_modified: str | None
    outlet: Outlet | None
    agency: str | None
    dateline: str | None
    section: str | None
    tags: list[str]
    language: Language | None
    text: str | None
    captions: list[Caption]
    blocks: list[Block]
    evidence: dict[str, list[FieldEvidence]]
    unknown: dict[str, str]
    problems: list[Problem]
    fingerprints: Fingerprints | None
    counts: Counts | None
    pipeline: Pipeline


def _pipeline(model: str | None) -> Pipeline:
    return Pipeline("copydesk", VERSION, RULES, model)


def payload_id(data: bytes) -> str:
    """The record's id: `sha256:` and the hash of the payload's bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def source_of(document: Document) -> Source:
    """What is known of where the document came from."""
    p = document.payload
    return Source(p.name, p.member, p.path, p.url, document.syntax or p.media_type, len(p.data), p.fetched_at)


def to_record(document: Document) -> Record:
    """The record of a document that went through all stages."""
    text = main_text(document)
    tokens = words(text)
    m = document.metadata
    return Record(
        schema_version="1",
        id=payload_id(document.payload.data),
        status="ok",
        reason=None,
        source=source_of(document),
        decoding=_decoding(document),
        title=m.title,
        standfirst=m.standfirst,
        authors=[Author(a.name, a.honorific, _kind(a.kind), a.affiliation, a.role, a.bio) for a in m.authors],
        contributors=[Contributor(c.name, c.role) for c in m.contributors],
        date_published=m.date_published,
        date_modified=m.date_modified,
        outlet=Outlet(m.outlet.name, m.outlet.domain) if m.outlet else None,
        agency=m.agency,
        dateline=m.dateline,
        section=m.section,
        tags=list(m.tags),
        language=_language(document),
        text=text,
        captions=[Caption(c.text, c.credit) for c in m.captions],
        blocks=[Block(b.start, b.end, b.label, b.kept, [BlockEvidence(*e) for e in b.evidence]) for b in document.blocks],
        evidence={
            name: [FieldEvidence(c.value, c.start, c.end, c.raw, c.rule, c.confidence, c.chosen) for c in found]
            for name, found in m.evidence
        },
        unknown=dict(m.unknown),
        problems=[Problem(p.code, p.start, p.end, p.message) for p in document.problems],
        fingerprints=Fingerprints(text_sha256(tokens), simhash64(tokens)),
        counts=Counts(len(text), len(tokens), len(document.blocks), sum(b.kept for b in document.blocks)),
        pipeline=_pipeline(document.model),
    )


def _kind(kind: str) -> Literal["person", "organisation"]:
    return "organisation" if kind == "organisation" else "person"


def _decoding(document: Document) -> Decoding | None:
    d = document.decoding
    if d is None:
        return None
    repairs = [Repair(r.start, r.end, [RepairStep(a, p) for a, p in r.steps]) for r in document.repairs]
    return msgspec.convert(
        {"encoding": d.encoding, "method": d.method, "declared": d.declared, "replaced": d.replaced, "repairs": repairs},
        Decoding,
    )


def _language(document: Document) -> Language:
    found = document.language
    return Language(found.code, found.confidence, found.method, [LanguageSpan(s.start, s.end, s.code) for s in found.spans])


def rejected(source: Source, id_: str, code: RejectionCode, message: str) -> Record:
    """The record of a document that could not be cleaned."""
    return Record(
        schema_version="1",
        id=id_,
        status="rejected",
        reason=Reason(code, message),
        source=source,
        decoding=None,
        title=None,
        standfirst=None,
        authors=[],
        contributors=[],
        date_published=None,
        date_modified=None,
        outlet=None,
        agency=None,
        dateline=None,
        section=None,
        tags=[],
        language=None,
        text=None,
        captions=[],
        blocks=[],
        evidence={},
        unknown={},
        problems=[],
        fingerprints=None,
        counts=None,
        pipeline=_pipeline(None),
    )


def to_json(record: Record, *, indent: int = 2) -> bytes:
    """The record's canonical bytes: UTF-8 JSON in the schema's order with a line end; `indent=0` gives one line."""
    line = msgspec.json.encode(record)
    return (msgspec.json.format(line, indent=indent) if indent else line) + b"\n"


def from_json(line: bytes) -> Record:
    """Read a record; raises `ValueError` that names the field that is not as the schema says."""
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a copydesk record: {error}") from error


def json_schema() -> dict[str, Any]:
    """The record's JSON Schema (2020-12)."""
    schema = msgspec.json.schema(Record)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, "title": "copydesk record"}
    return head | schema


def schema_json() -> bytes:
    """The JSON Schema as the bytes that are published."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2) + b"\n"

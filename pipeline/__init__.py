"""copydesk's library: raw bytes in, a canonical record out. Pure: no clock, no network, no global state.

>>> import pipeline
>>> record = pipeline.clean(open("page.txt", "rb").read(), name="page.txt")
>>> record.title, record.date_published
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

from pipeline.decode import decode
from pipeline.document import Document, Payload, Stage, UnusablePayloadError
from pipeline.furniture import NO_FURNITURE, Furniture, read_furniture
from pipeline.html import flatten
from pipeline.join import join
from pipeline.label import label
from pipeline.language import language
from pipeline.metadata import split_metadata
from pipeline.metadata.settle import settle
from pipeline.override import Override, Overrides, override_fields, override_labels, read_overrides
from pipeline.record import Record, payload_id, rejected, source_of, to_json, to_record
from pipeline.repair import repair
from pipeline.segment import segment
from pipeline.sniff import media_type_of
from pipeline.verify import verify
from pipeline.version import VERSION

STAGES: tuple[tuple[str, Stage], ...] = (
    ("decode", decode),  # bytes -> text
    ("flatten", flatten),  # an HTML page -> the text that it shows, with its blocks
    ("segment", segment),  # text -> blocks that tile it
    ("repair", repair),  # mojibake, as replayable steps
    ("label", label),  # what each block is: content, about the document, chrome
    ("join", join),  # lines that a renderer cut apart
    ("language", language),  # of the main content
    ("metadata", split_metadata),  # title, authors, dates, outlet ... with evidence
    ("settle", settle),  # lines of chrome that the metadata was read from
)
"""The whole program, in order. A stage takes a document and returns another in which only its own fields differ."""

NO_OVERRIDES: Overrides = MappingProxyType({})


def stages_with(overrides: Overrides, furniture: Furniture = NO_FURNITURE) -> tuple[tuple[str, Stage], ...]:
    """The stages, with people's corrections of labels right behind the labels, and of fields at the end.

    The labeller is told of `furniture`.
    """
    stages = STAGES
    if furniture:
        told: Stage = partial(label, furniture=furniture)
        stages = tuple((name, told if name == "label" else stage) for name, stage in stages)
    if not overrides:
        return stages

    def of(document: Document) -> Sequence[Override]:
        return overrides.get(payload_id(document.payload.data), ())

    labels: tuple[str, Stage] = ("override_labels", lambda document: override_labels(document, of(document)))
    fields: tuple[str, Stage] = ("override_fields", lambda document: override_fields(document, of(document)))
    behind = [name for name, _ in STAGES].index("label") + 1
    return (*stages[:behind], labels, *stages[behind:], fields)


def clean_document(payload: Payload, overrides: Overrides = NO_OVERRIDES, furniture: Furniture = NO_FURNITURE) -> Document:
    """Take a payload through all stages; raises `UnusablePayloadError` if it holds no text."""
    document = Document(payload)
    for _, stage in stages_with(overrides, furniture):
        document = stage(document)
    return document


def clean(
    data: bytes,
    name: str = "document.txt",
    *,
    url: str | None = None,
    member: str | None = None,
    path: str | None = None,
    media_type: str | None = None,
    fetched_at: str | None = None,
    charset: str | None = None,
    overrides: Overrides = NO_OVERRIDES,
    furniture: Furniture = NO_FURNITURE,
) -> Record:
    """Clean one document.

    `data` are the raw bytes, `name` the file's name; the rest is what is known from outside (`fetched_at` in ISO 8601,
    `charset` as the transport declared it). `media_type` says how to read the bytes, "text/plain", "text/html" or "text/markdown"; without it they are read as HTML
    if they begin as a page does, or are named as one and hold tags. `overrides` are people's corrections (`read_overrides`),
    `furniture` lines that recur where it is from (`read_furniture`). Bytes that hold no text give a record with `status == "rejected"`.
    Raises `TypeError` if `data` is not bytes.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"clean() takes bytes, not {type(data).__name__}; read the file with open(path, 'rb')")
    payload = Payload(data, name, member, path, url, media_type or media_type_of(data, name), fetched_at, charset)
    try:
        return to_record(clean_document(payload, overrides, furniture))
    except UnusablePayloadError as error:
        return rejected(source_of(Document(payload)), payload_id(data), error.code, error.message)


__all__ = [
    "NO_FURNITURE",
    "NO_OVERRIDES",
    "STAGES",
    "VERSION",
    "Document",
    "Furniture",
    "Override",
    "Overrides",
    "Payload",
    "Record",
    "UnusablePayloadError",
    "clean",
    "clean_document",
    "read_furniture",
    "read_overrides",
    "stages_with",
    "to_json",
    "verify",
]

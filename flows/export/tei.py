"""TEI P5: a header with what is known of the document, and its main content as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flows.export.kept import Part, parts
from pipeline.document import Label
from pipeline.record import Record

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_ILLEGAL_RE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def tei(record: Record) -> bytes:
    """A record as a TEI document."""
    root = Element("TEI", xmlns=NAMESPACE)
    header = SubElement(root, "teiHeader")
    _file(SubElement(header, "fileDesc"), record)
    _encoding(SubElement(header, "encodingDesc"), record)
    _profile(header, record)
    language = {"xml:lang": record.language.code} if record.language else {}
    _body(SubElement(SubElement(root, "text", language), "body"), record)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def put(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Add an element with a text, of which characters that XML cannot hold are left out."""
    element = SubElement(parent, name, {key.rstrip("_"): legal(value) for key, value in attributes.items()})
    element.text = legal(text) if text is not None else None
    return element


def legal(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _ILLEGAL_RE.sub("", text)


def _file(file: Element, record: Record) -> None:
    titles = put(file, "titleStmt")
    put(titles, "title", record.title or record.source.name)
    for author in record.authors:
        put(titles, "author", author.name, **({"role": author.role} if author.role else {}))
    for contributor in record.contributors:
        statement = put(titles, "respStmt")
        put(statement, "resp", contributor.role)
        put(statement, "name", contributor.name)
    publication = put(file, "publicationStmt")
    if record.outlet:
        put(publication, "publisher", record.outlet.name)
        if record.date_published:
            put(publication, "date", record.date_published, when=_day(record.date_published))
    else:
        put(publication, "p", "The document does not say who published it.")
    source = put(put(file, "sourceDesc"), "bibl")
    put(source, "idno", record.id, type="copydesk")
    if record.source.url:
        put(source, "idno", record.source.url, type="url")
    put(source, "title", record.title or record.source.name)
    for name, date in (("published", record.date_published), ("modified", record.date_modified)):
        if date:
            put(source, "date", date, when=_day(date), type=name)
    if record.agency:
        put(source, "publisher", record.agency, role="agency")
    if record.standfirst:
        put(source, "note", record.standfirst, type="standfirst")


def _day(date: str) -> str:
    """The day of a date: XML Schema knows no time without seconds; the element's text has all of it."""
    return date[:10]


def _encoding(encoding: Element, record: Record) -> None:
    made = record.pipeline
    application = put(put(encoding, "appInfo"), "application", ident=made.name, version=made.version)
    put(application, "label", f"{made.name} {made.version}, rules {made.rules}")


def _profile(header: Element, record: Record) -> None:
    profile = put(header, "profileDesc")
    if record.dateline:
        put(put(profile, "creation"), "placeName", record.dateline)
    if record.language:
        put(put(profile, "langUsage"), "language", record.language.code, ident=record.language.code)
    for kind, words in (("section", [record.section] if record.section else []), ("tags", record.tags)):
        if words:
            classes = profile.find("textClass")
            listed = put(
                put(classes if classes is not None else put(profile, "textClass"), "keywords", scheme=f"#{kind}"), "list"
            )
            for word in words:
                put(listed, "item", word)


def _body(body: Element, record: Record) -> None:
    if record.title:
        put(body, "head", record.title)
    place = body
    for label, run in groupby(parts(record), key=lambda part: part.label):
        for element in _run(label, list(run)):
            if element.tag == "div":
                body.append(element)
                place = element
            else:
                place.append(element)
    for caption in record.captions:
        figure = put(place, "figure")
        put(figure, "head", caption.text)
        if caption.credit:
            put(figure, "p", caption.credit)
    if not any(element.tag != "head" for element in body):
        put(body, "p")


def _run(label: Label, run: list[Part]) -> Iterator[Element]:
    """The elements of neighbouring parts with one label; a heading opens a division."""
    holder = Element("holder")
    match label:
        case Label.HEADING:
            for part in run:
                put(put(holder, "div"), "head", part.text)
        case Label.LIST_ITEM:
            listed = put(holder, "list")
            for part in run:
                put(listed, "item", part.text)
        case Label.TABLE:
            table = put(holder, "table")
            for part in run:
                put(put(table, "row"), "cell", part.text)
        case Label.QUOTE:
            quote = put(holder, "quote")
            for part in run:
                put(quote, "p", part.text)
        case Label.STANDFIRST:
            for part in run:
                put(holder, "p", part.text, rend="standfirst")
        case _:
            for part in run:
                put(holder, "p", part.text)
    yield from holder

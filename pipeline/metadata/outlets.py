"""Names of publishers, as data: what a page calls its outlet, or the host it stands on, as people write that name.

`outlets.tsv` has a row for each: the name, its domains, its other names. It only translates what a page says of itself.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from pipeline import wording


class Known(NamedTuple):
    """A row of the table."""

    name: str
    domains: tuple[str, ...]
    others: tuple[str, ...]


@cache
def table() -> tuple[Known, ...]:
    """All rows, in the order of the file; raises `ValueError` if one has not three cells."""
    rows = (resources.files("pipeline.metadata") / "outlets.tsv").read_text(encoding="utf-8").split("\n")[1:]
    out = []
    for row in rows:
        if row:
            name, domains, others = row.split("\t")
            out.append(Known(name, tuple(domains.split()), tuple(filter(None, others.split("|")))))
    return tuple(out)


@lru_cache(1 << 14)
def key_of(name: str) -> str:
    """A name as compared: its words without a leading article."""
    tokens = wording.tokenize(name)
    return " ".join(tokens[1:] if len(tokens) > 1 and tokens[0] == "the" else tokens)


@cache
def _by_name() -> dict[str, tuple[Known, ...]]:
    found: dict[str, tuple[Known, ...]] = {}
    for row in table():
        for key in dict.fromkeys(map(key_of, (row.name, *row.others))):
            found[key] = (*found.get(key, ()), row)
    return found


@cache
def first_words() -> frozenset[str]:
    """The words that names in the table begin with, as compared."""
    return frozenset(key.partition(" ")[0] for key in _by_name())


@cache
def _by_domain() -> dict[str, Known]:
    return {domain: row for row in table() for domain in row.domains}


def by_name(name: str, language: str | None = None) -> Known | None:
    """The outlet that a name means; of several editions that share it, the one in a language, or else none of them in particular."""
    rows = _by_name().get(key_of(name), ())
    if len(rows) < 2:
        return rows[0] if rows else None
    fitting = [row for row in rows if language in _languages(row)]
    return fitting[0] if len(fitting) == 1 else Known(name, (), ())


def _languages(row: Known) -> set[str]:
    """What may be an edition's language: "Euronews (DE)", "de.euronews.com", "publico.pt"."""
    labels = [label for domain in row.domains for label in (domain.split(".")[0], domain.split(".")[-1])]
    return {*labels, row.name.rpartition("(")[2].rstrip(")").lower()}


def means(row: Known, name: str) -> bool:
    """Whether a name is one of an outlet's; some names are shared by several editions."""
    return key_of(name) in {key_of(n) for n in (row.name, *row.others)}


def by_host(host: str) -> Known | None:
    """The outlet that a host belongs to: its own domain, or the longest one that it is part of."""
    parts = host.lower().removeprefix("www.").split(".")
    return next((row for k in range(len(parts) - 1) if (row := _by_domain().get(".".join(parts[k:])))), None)

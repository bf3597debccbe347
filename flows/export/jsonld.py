"""schema.org NewsArticle as JSON-LD. A field that is unknown is left out; schema.org knows no null."""

from __future__ import annotations

import json
from typing import Any

from pipeline.record import Author, Record


def article(record: Record) -> dict[str, Any]:
    """A record as a NewsArticle."""
    counts, language, outlet = record.counts, record.language, record.outlet
    return present(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "identifier": record.id,
            "url": record.source.url,
            "headline": record.title,
            "alternativeHeadline": record.standfirst,
            "author": [_author(author) for author in record.authors],
            "contributor": [{"@type": "Role", "roleName": c.role, "contributor": person(c.name)} for c in record.contributors],
            "datePublished": record.date_published,
            "dateModified": record.date_modified,
            "publisher": present({"@type": "Organization", "name": outlet.name, "url": domain_url(outlet.domain)})
            if outlet
            else None,
            "sourceOrganization": {"@type": "Organization", "name": record.agency} if record.agency else None,
            "dateline": record.dateline,
            "articleSection": record.section,
            "keywords": record.tags,
            "inLanguage": language.code if language and language.code != "und" else None,
            "articleBody": record.text,
            "wordCount": counts.words if counts else None,
            "associatedMedia": [
                present({"@type": "ImageObject", "caption": caption.text, "creditText": caption.credit})
                for caption in record.captions
            ],
        }
    )


def person(name: str) -> dict[str, Any]:
    """A Person."""
    return {"@type": "Person", "name": name}


def domain_url(domain: str | None) -> str | None:
    """The address of a domain's front page."""
    return f"https://{domain}/" if domain else None


def _author(author: Author) -> dict[str, Any]:
    if author.kind == "organisation":
        return present({"@type": "Organization", "name": author.name, "description": author.bio})
    affiliation = {"@type": "Organization", "name": author.affiliation} if author.affiliation else None
    return present(
        person(author.name)
        | {
            "honorificPrefix": author.honorific,
            "jobTitle": author.role,
            "affiliation": affiliation,
            "description": author.bio,
        }
    )


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


def dumped(value: object) -> bytes:
    """JSON as readable UTF-8."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace")

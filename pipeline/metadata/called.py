"""What a name tells by itself, and what the document tells of whom it names: clues for and against an author."""

from __future__ import annotations

from pipeline import names, wording
from pipeline.document import Author
from pipeline.metadata.bylines import HOST_RE
from pipeline.metadata.sheet import Sheet
from pipeline.metadata.titles import names_site
from pipeline.onomasticon import sorts_of


def shape_of(author: Author, site: list[str], where: list[str]) -> list[str]:
    """What the name itself tells."""
    name = author.name
    words = name.split()
    shapes = [author.kind, f"{author.kind} of {min(len(words), 5)} words"]
    shapes += ["names the site"] * names_site(name, site, where) + ["is a host"] * (HOST_RE.fullmatch(name) is not None)
    first = wording.tokenize(name)[:1]
    shapes += ["opens with the host's name"] * (len(words) > 1 and first in [[host.split(".")[0]] for host in where])
    shapes += ["agency"] * any(h.entry.sign == "agency" for h in wording.find_in(name))
    shapes += ["has a body's word"] * names.has_word(name, "institution") + ["has a role's word"] * names.has_word(name, "role")
    shapes += ["has a digit"] * any(c.isdigit() for c in name) + ["lower case"] * (name.islower()) + ["capitals"] * name.isupper()
    shapes += ["has a slash"] * ("/" in name) + ["uncased"] * (name.upper() == name.lower())
    shapes += ["has a date's word"] * names.has_word(name, "date_word", "month", "published", "modified")
    return shapes + called(name)


def told_of(author: Author, sheet: Sheet) -> list[str]:
    """Whether the document tells of a person: it seldom tells of who wrote it."""
    if author.kind != "person":
        return []
    said = f" {' '.join(wording.tokenize(author.name))} "
    times = sheet.prose.count(said)
    titled = any(said.split()[-1:] == [word] for word in sheet.title_words)
    return ["told of once"] * (times == 1) + ["told of again and again"] * (times > 1) + ["the headline names them"] * titled


def called(name: str) -> list[str]:
    """Whether the words of a name are words that people are called by."""
    sorts = sorts_of(name)
    if not sorts:
        return ["no word in it"]
    opens, ends = _CALLED[sorts[0]], _CALLED[sorts[-1]]
    return [
        f"opens with {opens}",
        f"ends with {ends}",
        f"{opens}, then {ends}",
        *({f"all of it {opens}"} if len(set(sorts)) == 1 else ()),
    ]


_CALLED = {
    "given": "a given name",
    "both": "a given name",
    "family": "a family name",
    "either": "a name or plain word",
    "plain": "a plain word",
    "unknown": "an unknown word",
}

"""What the class names and elements of a page say of its lines: weak targets for the category model, for the text of it as well.

Those who build pages name its parts: `nav`, `footer`, `related-posts`, `cookie-banner`. The nearest name decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from pipeline.document import Container, Label, Markup

NAMES: tuple[tuple[Label, str], ...] = (
    (Label.CONSENT_NOTICE, r"cookies?|consent|gdpr|ccpa|onetrust|didomi|cookiebar|cookielaw|cookieconsent"),
    (Label.COMMENTS, r"comments?|disqus|respond|commentlist|commentform|replies"),
    (
        Label.SUBSCRIPTION_PROMPT,
        r"newsletters?|subscribe|subscription|paywall|signup|sign up|login|signin|register|donate|donation|membership|mailchimp|piano",
    ),
    (Label.SHARE_PROMPT, r"share|sharing|sharer|social|socials|addtoany|sharedaddy|follow|sharebar|socialmedia"),
    (
        Label.RELATED_LINKS,
        r"related|recommended|recommendations?|recirc|recirculation|trending|popular|most read|mostread|most viewed|latest|teasers?|read more|readmore|read next|more stories|taboola|outbrain|ticker|previous|up next|similar|also like|post navigation|nextprev|next prev|prev next|prev link|next link",
    ),
    (Label.ADVERTISEMENT, r"ads?|advert|advertisement|advertising|sponsored|sponsor|adslot|dfp|affiliate|promoted"),
    (Label.AUTHOR_BIO, r"author bio|authorbio|bio|biography|about author|author box|author info|author description"),
    (Label.BYLINE, r"byline|bylines|authors?|contributors?|writers?|vcard"),
    (Label.DATE, r"dates?|published|timestamp|datetime|pubdate|dateline|updated|post date|time"),
    (Label.CAPTION, r"captions?|figcaption|credit|credits|photocredit"),
    (Label.LEGAL_NOTICE, r"copyright|disclaimer|colophon|legal"),
    (
        Label.NAVIGATION,
        r"nav|navbar|navigation|menu|menus|submenu|breadcrumbs?|pagination|pager|masthead|sitemap|topbar|megamenu|dropdown|footer nav",
    ),
    (Label.INTERFACE, r"search|searchform|player"),
)
"""Labels and the words that stand for them in class names, ids and roles; the first that fits."""

_RES = [(label, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for label, words in NAMES]
TAGS = {"nav": Label.NAVIGATION, "figcaption": Label.CAPTION, "menu": Label.NAVIGATION}
UNLIKE = frozenset({"html", "body", "main", "article"})
"""Elements that hold the whole page: their classes say nothing of a line."""

OVER = frozenset({Label.RELATED_LINKS, Label.NAVIGATION, Label.COMMENTS, Label.ADVERTISEMENT, Label.CONSENT_NOTICE})
"""Labels of whole regions: what stands in them is not about the document, whatever it is named itself."""

ABOUT = frozenset({Label.BYLINE, Label.DATE, Label.CAPTION, Label.TAGS, Label.AUTHOR_BIO})
MAX_UP = 6
MAX_SHARE = 0.3
"""Share of a page's lines that an element may hold and still be one part of it."""


def kinds_of(markups: Sequence[Markup]) -> list[Label | None]:
    """The labels that the markup gives to a page's lines."""
    sizes: Counter[int] = Counter()
    for markup in markups:
        sizes.update(id(c) for c in markup.container.outwards())
    most = MAX_SHARE * len(markups)
    known: dict[int, Label | None] = {}

    def named(container: Container) -> Label | None:
        key = id(container)
        if key not in known:
            wide = sizes[key] > most or container.tag in UNLIKE
            known[key] = None if wide else _named(" ".join(container.words)) or TAGS.get(container.tag)
        return known[key]

    return [_kind(markup, named) for markup in markups]


def _kind(markup: Markup, named: Callable[[Container], Label | None]) -> Label | None:
    own = _named(" ".join(markup.words))
    found = [own] if own else []
    found += [label for _, c in zip(range(MAX_UP), markup.container.outwards(), strict=False) if (label := named(c))]
    if not found:
        return None
    if found[0] in ABOUT:
        return next((label for label in found if label in OVER), found[0])
    return found[0]


def _named(words: str) -> Label | None:
    for label, pattern in _RES:
        if pattern.search(words):
            return label
    return None

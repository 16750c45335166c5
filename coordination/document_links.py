"""What a document rests on and what rests on it, as a tree both ways."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from coordination.models import Document, DocumentLink, User
from coordination.register import page_of

STEPS = 4  # how far the tree is followed in either direction


@dataclass
class Linked:
    """One line of the tree: how it hangs on the line above, the document or only its words, and what hangs on it."""

    nature: str
    document: Document | None = None
    text: str = ""
    readable: bool = False
    below: list[Linked] = field(default_factory=list)

    @property
    def page(self) -> str:
        """Of the agreement, plan or report it is, else its entry in the register."""
        if self.document is None:
            return ""
        return page_of(self.document) or reverse("coordination:document_detail", args=[self.document.uid])


def rests_on(document: Document, user: User) -> list[Linked]:
    """What the document cites, and what that cites in turn. What one may not read is named by its code only."""
    return tree(document, user, start="document_id", end="target_id", show_hidden=True)


def cited_by(document: Document, user: User) -> list[Linked]:
    """What cites the document, and what cites that, as far as the person may read it."""
    return tree(document, user, start="target_id", end="document_id", show_hidden=False)


def tree(document: Document, user: User, *, start: str, end: str, show_hidden: bool) -> list[Linked]:
    """A document met before is shown again and not followed again, so that a circle ends."""
    links = links_from(document, start, end)
    met = {document.pk, *(pk for link in links if (pk := getattr(link, end)))}
    known = Document.objects.filter(pk__in=met).select_related("kind", *settings.DOCUMENT_PAGES).in_bulk()
    readable = set(Document.objects.visible_to(user).filter(pk__in=met).values_list("pk", flat=True))
    lines: dict[int, list[Linked]] = {pk: [] for pk in met}
    followed = {document.pk}
    for link in links:
        pk = getattr(link, end)
        if show_hidden or pk in readable:
            line = Linked(link.get_nature_display(), known.get(pk), link.text, pk in readable)
            lines[getattr(link, start)].append(line)
            if pk in readable and pk not in followed:
                followed.add(pk)
                line.below = lines[pk]
    return lines[document.pk]


def links_from(document: Document, start: str, end: str) -> list[DocumentLink]:
    """Step by step away from the document, one query a step."""
    links, edge, met = [], [document.pk], {document.pk}
    for _step in range(STEPS):
        found = list(DocumentLink.objects.filter(**{f"{start}__in": edge}).order_by("position", "pk"))
        links += found
        edge = [pk for link in found if (pk := getattr(link, end)) and pk not in met]
        met.update(edge)
        if not edge:
            break
    return links

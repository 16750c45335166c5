"""Reads a page back as a browser would: elements in order, their attributes and words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict
    parents: tuple
    words: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def within(self, **wanted) -> bool:
        return any(parent.has(**wanted) for parent in self.parents)

    def has(self, tag=None, **wanted) -> bool:
        attributes = {name.strip("_").replace("_", "-"): value for name, value in wanted.items()}
        same = all(value in (self.attributes.get(name) or "").split() for name, value in attributes.items())
        return same and tag in (None, self.tag)


class Page(HTMLParser):
    """`elements` in the order they begin; the words of an element include those of its children."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(source.content.decode() if hasattr(source, "content") else str(source))
        self.close()

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element.words.append(data)

    def all(self, tag=None, **wanted):
        """`page.all("a", class_="item")`: those with the tag and, among their values, the given one."""
        return [element for element in self.elements if element.has(tag, **wanted)]

    def one(self, tag=None, **wanted):
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements {tag or ''} {wanted}"
        return found[0]

    def texts(self, tag=None, **wanted):
        return [element.text for element in self.all(tag, **wanted)]

    def part(self, element_id):
        """An element and all within it, to compare a swap of htmx with the page it is part of."""
        found = [element for element in self.elements if element.has(id=element_id) or element.within(id=element_id)]
        return [(element.tag, element.attributes, element.text) for element in found]

    def against_csp(self):
        """What the policy would block: inline styles, scripts and handlers."""
        return [
            f"<{element.tag} {name}>"
            for element in self.elements
            for name in element.attributes
            if name == "style" or name.startswith(("on", "hx-on"))
        ] + [
            f"<{element.tag}>"
            for element in self.elements
            if element.tag == "style" or (element.tag == "script" and "src" not in element.attributes)
        ]

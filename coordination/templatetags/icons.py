"""{% icon "plus" %}: a line icon of the lucide set as inline SVG. It carries no words: write them beside it."""

from functools import cache
from xml.etree import ElementTree

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Only the drawing: width, colour and stroke come from the class `i` of the theme."""
    shapes = ElementTree.fromstring(lucide(str(name)))  # noqa: S314
    drawing = "".join(ElementTree.tostring(shape, encoding="unicode").strip() for shape in shapes)
    return mark_safe(f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{drawing}</svg>')  # noqa: S308

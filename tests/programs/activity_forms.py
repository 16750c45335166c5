"""What a browser sends for an activity, and where; shared by the tests of its form, its list and its pages."""

import uuid
from datetime import date

from django.urls import reverse

from tests import factories

DAY = date(2026, 3, 8)


def address(name, activity=None):
    return reverse(f"programs:activity_{name}", args=[activity.uid] if activity else [])


def element(html, name):
    """The element with this id, its tag included."""
    start = html.index(f'id="{name}"')
    tag = html[html.rindex("<", 0, start) + 1 :].split()[0]
    begin, depth, at = html.rindex("<", 0, start), 0, html.rindex("<", 0, start)
    while True:
        opened, closed = html.find(f"<{tag}", at + 1), html.index(f"</{tag}>", at + 1)
        if opened != -1 and opened < closed:
            depth, at = depth + 1, opened
        elif depth:
            depth, at = depth - 1, closed
        else:
            return html[begin : closed + len(tag) + 3]


def sent(place, /, **changes):
    """A form with the nine fields filled in; `None` leaves a field out."""
    values = {
        "title": "Truyền thông phòng, chống tảo hôn",
        "kind": factories.activity_kind().pk,
        "component": factories.component().pk,
        "starts_on": "8/6/26",
        "unit": place.pk,
        "attendances": "112",
        "women": "71",
        "minority": "108",
        "minority_women": "69",
        "sessions": "1",
        "precision": "exact",
        "form_token": str(uuid.uuid4()),
    }
    return {
        name: value if isinstance(value, list) else str(value)
        for name, value in (values | changes).items()
        if value is not None
    }

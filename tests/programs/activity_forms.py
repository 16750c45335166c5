"""What a browser sends for an activity; shared by the tests of its form and its pages."""

import uuid

from tests import factories


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

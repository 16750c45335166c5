"""Agreements in every state, and how a test fills in their pages and reads them back."""

import uuid
from datetime import date

from django.urls import reverse

from coordination.agreement_workflow import move_agreement
from coordination.enums import DocumentState
from coordination.models import Agreement
from tests.constraints import changed
from tests.coordination.reviews import agreement, answer, hat, put_to_review
from tests.pages import Page

TODAY = date(2026, 6, 16)


def draft(cast, **fields):
    made = agreement(cast, **fields)
    changed(made.document, state=DocumentState.DRAFT)()
    return Agreement.objects.get(pk=made.pk)


def agreed(cast):
    """All parties agree to it and the text is fixed."""
    stage = put_to_review(cast)
    answer(stage, stage.union)
    return move_agreement(stage.document.agreement, "agree", acting=stage.leader)


def issued(cast, number="123", **typed):
    given = {"number": number, "symbol": "KHPH-SDTTG-HLHPN", "issued_on": TODAY} | typed
    return move_agreement(agreed(cast), "issue", acting=hat(cast.clerk), today=TODAY, **given)


def url(name, made=None, *words):
    return reverse(f"coordination:agreement_{name}", args=[made.uid, *words] if made else [])


def typed(kind, *parties, **fields):
    """What a form holds when it is sent; `parties` in the order of the symbol."""
    rows = {f"party_{number}": agency.pk for number, agency in enumerate(parties, 1)}
    values = {
        "form_token": str(uuid.uuid4()),
        "rows": "4",
        "kind": kind.pk,
        "subject": "Công tác phụ nữ dân tộc thiểu số giai đoạn 2026 - 2030",
        "stage_from": "2026",
        "stage_to": "2030",
    }
    return values | rows | fields


def errors_of(response):
    """By the name of the field, as they stand beside it."""
    page = Page(response)
    wrong = [element for element in page.all() if element.attributes.get("aria-invalid") == "true"]
    beside = {element.attributes.get("id"): element.text for element in page.all("div")}
    return {element.attributes["name"]: beside[f"{element.attributes['id']}_error"] for element in wrong}


def kept(response):
    """What the fields of the form hold now, the button and the token of CSRF left out."""
    page, values = Page(response), {}
    for element in page.all():
        name = element.attributes.get("name")
        inside = element.within(tag="main")
        if inside and element.tag in ("input", "textarea") and name != "csrfmiddlewaretoken":
            values[name] = element.text if element.tag == "textarea" else element.attributes.get("value", "")
        if inside and element.tag == "option" and "selected" in element.attributes:
            select = next(parent for parent in reversed(element.parents) if parent.tag == "select")
            values[select.attributes["name"]] = element.attributes["value"]
    return values


def assert_all_kept(response, sent):
    holds = kept(response)
    assert {name: holds.get(name) for name in sent} == {name: str(value) for name, value in sent.items()}

"""Who opens what, and that what is refused changes nothing: every page × everybody, read from `permissions.csv`.

The table has a row for each page, record and method; its columns:

- `url`: the name of the page, as `reverse` takes it; every page of the portal has a row, or the test fails;
- `record`: the method of `Records` (permission_records.py) that makes the record the address names; may be empty;
- `method`: `get` or `post`; every method a page lets in has a row of its own;
- `refused`: a method that is answered by 405; the answer names those that are let in, and each of them needs a row.
  Once for a page is enough. Pages of allauth that lead elsewhere before they look at the method have `-`;
- then one column for each of `PEOPLE`: the status of the answer, or `login` for being sent to the sign-in page.
  404: the record is not visible; 403: it is, and the person may not do this; 422: the right to act, and an empty form.

Expectations are written by hand, from who is to see what. A new page: its rows, and in `Records` a method for a record
that is not there yet; `pytest tests/test_permissions.py -k "page_name or has_a_row"` runs its rows alone.
"""

import csv
from http import HTTPStatus
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings
from django.urls import URLResolver, get_resolver, reverse

from tests.digest import changes_since, digest
from tests.filled_forms import FORM_STANDS_ON, SAVES_NOTHING, TYPED, filled
from tests.permission_records import PEOPLE, TODAY, Records, Stage, ask, undone

TABLE = Path(__file__).with_name("permissions.csv")
with TABLE.open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table))
TAKEN_FOR_OTHERS = {"HEAD", "OPTIONS", "PUT"}  # a form of allauth takes PUT for POST
PAGES = sorted({row["url"] for row in ROWS})


def name_of(row):
    return " ".join(filter(None, (row["url"], row["record"], row["method"])))


def first_row(page):
    return next(row for row in ROWS if row["url"] == page)


def methods_of(page):
    return {row["method"].upper() for row in ROWS if row["url"] == page}


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """One stage for all rows, in a transaction that is rolled back at the end; each request in one of its own."""
    nothing_counted = override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}})
    with django_db_blocker.unblock(), time_machine.travel(TODAY), nothing_counted, undone():
        made = Stage()
        records = Records(made)
        named = sorted({row["record"] for row in ROWS if row["record"]})
        made.words = {"": []} | {record: getattr(records, record)() for record in named}
        made.digest = digest()
        yield made


def address(stage, row):
    words = list(stage.words[row["record"]])
    query = words.pop() if words and str(words[-1]).startswith("?") else ""
    return reverse(row["url"], args=words) + query


def word_of(answer):
    to_sign_in = answer.status_code == HTTPStatus.FOUND and answer.url.partition("?")[0] == reverse(settings.LOGIN_URL)
    return "login" if to_sign_in else str(answer.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_who_opens(stage, row):
    """And whoever only reads leaves every table as it was."""
    url, found, wrote = address(stage, row), {}, None
    for person in PEOPLE:
        with undone(), changes_since(stage.digest) as changes:
            answer = ask(stage, person, row["method"], url)
            found[person] = word_of(answer)
            if row["method"] == "get" and not wrote:
                wrote = changes()
    assert found == {person: row[person] for person in PEOPLE}
    assert not wrote


REFUSED = {"403", "404", "login"}
SENT = [
    row
    for row in ROWS
    if row["method"] == "post" and REFUSED & set(row.values()) and not row["url"].startswith(("account_", "mfa_"))
]


def sent_by(stage, person, row):
    """What the form holds for this person, filled in; of a button, which has no page of its own, what is typed."""
    url = address(stage, row)
    known = vars(stage)
    typed = {name.format_map(known): words.format_map(known) for name, words in TYPED.get(row["url"], {}).items()}
    for name, words in ((row["url"], None), *FORM_STANDS_ON.get(row["url"], ())):
        page = ask(stage, person, "get", reverse(name, args=stage.words[row["record"]][:words]))
        sent = filled(page, url, typed) if page.status_code == HTTPStatus.OK else None
        if sent is not None:
            return sent
    return typed


def written_by(stage, person, row, sent):
    with undone(), changes_since(stage.digest) as changes:
        answer = ask(stage, person, "post", address(stage, row), sent)
        return word_of(answer), changes()


@pytest.mark.django_db
@pytest.mark.parametrize("row", SENT, ids=name_of)
def test_refused_people_write_nothing_with_a_form_that_would_be_saved(stage, row):
    """The form is that of the first person who may send it; sent by that person it does write: the control."""
    sent, wrote = {}, []
    for person in (person for person in PEOPLE if row[person] not in REFUSED):
        sent = sent_by(stage, person, row)
        wrote = written_by(stage, person, row, sent)[1]
        if wrote:
            break
    refused = {person: row[person] for person in PEOPLE if row[person] in REFUSED}
    found = {person: written_by(stage, person, row, sent) for person in refused}
    assert found == {person: (word, []) for person, word in refused.items()}
    assert bool(wrote) != (name_of(row) in SAVES_NOTHING)


@pytest.mark.django_db
@pytest.mark.parametrize("page", [page for page in PAGES if first_row(page)["refused"] != "-"])
def test_every_method_of_a_page_has_a_row(stage, page):
    row = first_row(page)
    with undone():
        answer = ask(stage, "officer", row["refused"], address(stage, row))
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert set(answer["Allow"].split(", ")) - TAKEN_FOR_OTHERS == methods_of(page)


def pages_of(patterns, namespaces=()):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from pages_of(pattern.url_patterns, inner)
        else:
            yield ":".join((*namespaces, pattern.name or str(pattern.pattern)))


@pytest.mark.once
def test_every_page_of_the_portal_has_a_row():
    assert set(pages_of(get_resolver().url_patterns)) == set(PAGES)

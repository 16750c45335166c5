"""What tests of constraints and triggers share: the database refuses, says which rule, and people read Vietnamese."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from coordination.refusals import message_for, rule_broken
from programs.facts import new_reference


def assert_refused(write, rule):
    """`write` fails by the rule of this name, and the sentence people get is not the English one."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    assert rule_broken(refusal.value) == rule
    message = message_for(refusal.value)
    assert message.strip()
    with translation.override("en"):
        assert message_for(refusal.value) != message


def changed(row, **values):
    """A write past forms and models: only the database can refuse it."""
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


def twin(row, **values):
    """A second row equal in all but what is unique for another reason."""
    copy = type(row)._default_manager.get(pk=row.pk)
    fresh = {"uid": uuid.uuid4, "reference": new_reference, "form_token": lambda: None}
    names = {field.name for field in row._meta.concrete_fields}
    for name, value in {name: make() for name, make in fresh.items() if name in names}.items():
        setattr(copy, name, value)
    for name, value in values.items():
        setattr(copy, name, value)
    copy.pk = None
    copy._state.adding = True
    return lambda: copy.save(force_insert=True)


def removal(row):
    """Of this row alone: Django would look for others that hang on it."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return lambda: rows._raw_delete(rows.db)


UNKNOWN = "??"

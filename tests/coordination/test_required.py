"""A field left empty is answered by what to do, never by Django's bare sentence."""

import pkgutil
from importlib import import_module

import pytest
from django import forms
from django.urls import reverse

import coordination
import coordination.views
from coordination.account_forms import SignInForm
from coordination.agency_forms import LetterheadForm, name_fields
from coordination.enums import MemberRole
from tests import factories
from tests.coordination.agreement_browsing import errors_of
from tests.forms import filled
from tests.pages import Page

BARE = forms.Field.default_error_messages["required"]


def all_forms():
    for package in (coordination, coordination.views):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for made in vars(import_module(module.name)).values():
                if isinstance(made, type) and issubclass(made, forms.BaseForm) and made.__module__ == module.name:
                    yield made


def bare(fields):
    return [
        name
        for name, field in fields.items()
        if field.required and not field.widget.is_hidden and field.error_messages["required"] == BARE
    ]


@pytest.mark.parametrize("form", sorted(set(all_forms()) - {SignInForm}, key=str), ids=lambda form: form.__name__)
def test_a_required_field_says_what_to_do(form):
    assert bare(form.base_fields) == []


def test_fields_made_by_code_say_it_too():
    assert [bare(fields) for fields in (SignInForm().fields, name_fields(), LetterheadForm().fields)] == [[], [], []]


def test_a_unit_changed_without_anything_typed(cast, client):
    client.force_login(cast.administrator)
    response = client.post(reverse("coordination:unit_change", args=[cast.commune.uid]), {"nature": "renamed"})
    assert (response.status_code, errors_of(response)) == (
        422,
        {
            "on": "Ghi ngày bắt đầu có hiệu lực.",
            "legal_document": "Ghi số, ngày và cơ quan ban hành nghị quyết.",
            "new": "Ghi đơn vị mới, mỗi đơn vị một dòng, ví dụ: xã Ba Tơ, 21484.",
        },
    )


def test_an_empty_list_and_a_line_without_a_name(cast, client):
    client.force_login(factories.member(cast.board, MemberRole.ADMINISTRATOR))
    address = reverse("coordination:invitation_bulk", args=[cast.board.uid])
    values = filled(client.get(address), "content")
    answer = client.post(address, values | {"people": "", "valid_from": ""})
    assert errors_of(answer) == {
        "people": "Dán danh sách vào đây, hoặc ghi mỗi người một dòng.",
        "valid_from": "Ghi ngày đầu.",
    }
    answer = client.post(address, values | {"people": "; b@example.vn; Văn thư"})
    assert "Ghi họ và tên." in Page(answer).one("main").text

"""Pages of agreements: the list, one agreement, how it begins and the steps of its path."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from coordination.agreement_part_texts import PARTS
from coordination.agreement_workflow import TRANSITIONS
from coordination.views import agreement_editor, agreement_starts, agreements

PART = (
    rf"^(?P<uid>{UUIDConverter.regex})/edit/(?P<part>{'|'.join(PARTS)})/(?:(?P<section_uid>{UUIDConverter.regex})/)?$"
)
MOVE = rf"^(?P<uid>{UUIDConverter.regex})/move/(?P<action>{'|'.join(TRANSITIONS)})/$"

urlpatterns = [
    path("", agreements.agreement_list, name="agreement_list"),
    path("new/", agreement_starts.agreement_create, name="agreement_create"),
    path("register/", agreement_starts.agreement_register, name="agreement_register"),
    path("<uuid:uid>/", agreements.agreement_detail, name="agreement_detail"),
    path("<uuid:uid>/edit/", agreement_editor.agreement_edit, name="agreement_edit"),
    re_path(PART, agreement_editor.agreement_part, name="agreement_part"),
    path("<uuid:uid>/copy/", agreement_starts.agreement_copy, name="agreement_copy"),
    path("<uuid:uid>/continue/", agreement_starts.agreement_continue, name="agreement_continue"),
    path("<uuid:uid>/amend/", agreement_starts.agreement_amend, name="agreement_amend"),
    re_path(MOVE, agreements.agreement_move, name="agreement_move"),
]

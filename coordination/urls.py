"""Pages of this app."""

from django.urls import include, path, re_path
from django.urls.converters import UUIDConverter

from coordination.views import (
    document_files,
    documents,
    history,
    lists,
    milestones,
    notices,
    papers,
    places,
    reviews,
    session,
    sheets,
    units,
)

UID, COMMENT = rf"(?P<uid>{UUIDConverter.regex})", rf"(?P<comment_uid>{UUIDConverter.regex})"

app_name = "coordination"
urlpatterns = [
    path("agreements/", include("coordination.agreement_urls")),
    re_path(rf"^agreements/{UID}/paper/(?P<file_format>pdf|docx)/$", papers.agreement_paper, name="agreement_paper"),
    path(
        "agreements/<uuid:uid>/milestones/<uuid:milestone_uid>/", milestones.milestone_result, name="milestone_result"
    ),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read, name="notice_read"),
    path("documents/<uuid:uid>/review/", reviews.document_review, name="document_review"),
    path("documents/<uuid:uid>/review/opinion/", reviews.opinion_give, name="opinion_give"),
    path("documents/<uuid:uid>/review/comments/", reviews.comment_add, name="comment_add"),
    re_path(
        rf"^documents/{UID}/review/comments/{COMMENT}/(?P<action>resolve|close|reopen)/$",
        reviews.comment_move,
        name="comment_move",
    ),
    path("documents/<uuid:uid>/review/round/", reviews.round_open, name="round_open"),
    path("documents/<uuid:uid>/review/round/close/", reviews.round_close, name="round_close"),
    path("history/<str:label>/<uuid:uid>/", history.history, name="history"),
    path("hat/", session.switch_hat, name="switch_hat"),
    path("lists/accounts/", lists.account_list, name="account_list"),
    path("", include("coordination.people_urls")),
    path("units/", places.unit_list, name="unit_list"),
    path("units/<uuid:uid>/", places.unit_detail, name="unit_detail"),
    path("units/<uuid:uid>/correct/", places.unit_correct, name="unit_correct"),
    path("units/<uuid:uid>/change/", places.unit_change, name="unit_change"),
    path("units/options/", units.unit_options, name="unit_options"),
    path("units/ticks/", units.unit_ticks, name="unit_ticks"),
    path("", include("coordination.agency_urls")),
    path("imports/", sheets.import_list, name="import_list"),
    path("imports/<uuid:uid>/", sheets.import_detail, name="import_detail"),
    path("imports/<uuid:uid>/write/", sheets.import_write, name="import_write"),
    path("imports/<uuid:uid>/remarks/", sheets.import_annotated, name="import_annotated"),
    path("sheets/<str:code>/import/", sheets.import_create, name="import_create"),
    path("sheets/<str:code>/template/", sheets.import_template, name="import_template"),
    path("sheets/<str:code>/export/", sheets.sheet_export, name="sheet_export"),
    path("documents/", documents.document_list, name="document_list"),
    path("documents/new/", documents.document_create, name="document_create"),
    path("documents/print/", documents.document_print, name="document_print"),
    path("documents/export/", documents.document_export, name="document_export"),
    path("documents/<uuid:uid>/", documents.document_detail, name="document_detail"),
    path("documents/<uuid:uid>/arrival/", documents.document_arrive, name="document_arrive"),
    path("documents/<uuid:uid>/files/", document_files.document_upload, name="document_upload"),
    path("documents/<uuid:uid>/files/<uuid:file_uid>/", document_files.document_file, name="document_file"),
]

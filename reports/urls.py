"""Pages of this app."""

from django.urls import include, path, re_path
from django.urls.converters import UUIDConverter

from reports.views import (
    consolidation,
    home,
    later,
    leading,
    moves,
    papers,
    reports,
    round_edit,
    rounds,
    search,
    unlocking,
    verification,
)
from reports.workflow import TRANSITIONS

UID = rf"(?P<uid>{UUIDConverter.regex})"

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/new/", reports.report_create, name="report_create"),
    path("reports/unreported/", reports.unreported, name="unreported"),
    path("reports/compare/", leading.report_compare, name="report_compare"),
    path("reports/outlines/", include("reports.outline_urls")),
    path("reports/rounds/", rounds.round_list, name="round_list"),
    path("reports/rounds/new/", rounds.round_create, name="round_create"),
    path("reports/rounds/<uuid:uid>/", rounds.round_detail, name="round_detail"),
    path("reports/rounds/<uuid:uid>/answer/", rounds.round_answer, name="round_answer"),
    path("reports/rounds/<uuid:uid>/consolidate/", rounds.round_consolidate, name="round_consolidate"),
    path("reports/rounds/<uuid:uid>/owed/", rounds.round_owed, name="round_owed"),
    path("reports/rounds/<uuid:uid>/remind/", rounds.round_remind, name="round_remind"),
    path("reports/rounds/<uuid:uid>/more/", rounds.round_ask_more, name="round_ask_more"),
    path("reports/rounds/<uuid:uid>/edit/", round_edit.round_edit, name="round_edit"),
    path("reports/rounds/<uuid:uid>/close/", rounds.round_close, name="round_close"),
    path("reports/rounds/<uuid:uid>/together/", consolidation.round_together, name="round_together"),
    path("reports/rounds/<uuid:uid>/indicators/<str:code>/", consolidation.round_indicator, name="round_indicator"),
    path("reports/rounds/<uuid:uid>/figure/", consolidation.round_figure, name="round_figure"),
    path("reports/rounds/<uuid:uid>/texts/", consolidation.round_texts, name="round_texts"),
    path("reports/rounds/<uuid:uid>/insert/", consolidation.round_insert, name="round_insert"),
    path("reports/rounds/<uuid:uid>/<uuid:agency_uid>/extend/", rounds.seat_extend, name="seat_extend"),
    path("reports/rounds/<uuid:uid>/<uuid:agency_uid>/leave-out/", rounds.seat_leave_out, name="seat_leave_out"),
    path("reports/<uuid:uid>/", reports.report_detail, name="report_detail"),
    path("reports/<uuid:uid>/", include("reports.write_urls")),
    path("reports/<uuid:uid>/since/", later.report_since, name="report_since"),
    path("reports/<uuid:uid>/later/", later.report_later, name="report_later"),
    path("reports/<uuid:uid>/unlock/", unlocking.report_unlock, name="report_unlock"),
    path("reports/<uuid:uid>/changes/", later.report_changes, name="report_changes"),
    path("reports/<uuid:uid>/files/", reports.report_files, name="report_files"),
    path("reports/<uuid:uid>/files/retry/", reports.report_retry, name="report_retry"),
    path("reports/<uuid:uid>/preview/", reports.report_preview, name="report_preview"),
    path("reports/<uuid:uid>/preview/file/", reports.report_preview_file, name="report_preview_file"),
    re_path(rf"^reports/{UID}/paper/(?P<file_format>pdf|docx|xlsx)/$", papers.report_paper, name="report_paper"),
    path("reports/<uuid:uid>/figure/", reports.figure_facts, name="figure_facts"),
    path("reports/<uuid:uid>/summary/", leading.report_summary, name="report_summary"),
    path("reports/<uuid:uid>/reading/", leading.report_reading, name="report_reading"),
    path("reports/<uuid:uid>/versions/<int:number>/", leading.report_version, name="report_version"),
    re_path(rf"^reports/{UID}/(?P<action>{'|'.join(TRANSITIONS)})/$", moves.report_move, name="report_move"),
    path("reports/<uuid:uid>/files/<uuid:file_uid>/", reports.report_download, name="report_download"),
    path("v/", verification.verification, name="verification_form"),
    path("v/<str:code>/", verification.verification, name="verification"),
]

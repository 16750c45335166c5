"""Pages of this app."""

from django.urls import include, path, re_path
from django.urls.converters import UUIDConverter

from reports.views import home, papers, reports, search

UID = rf"(?P<uid>{UUIDConverter.regex})"

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/new/", reports.report_create, name="report_create"),
    path("reports/unreported/", reports.unreported, name="unreported"),
    path("reports/<uuid:uid>/", reports.report_detail, name="report_detail"),
    path("reports/<uuid:uid>/", include("reports.write_urls")),
    path("reports/<uuid:uid>/files/", reports.report_files, name="report_files"),
    path("reports/<uuid:uid>/files/retry/", reports.report_retry, name="report_retry"),
    path("reports/<uuid:uid>/preview/", reports.report_preview, name="report_preview"),
    path("reports/<uuid:uid>/preview/file/", reports.report_preview_file, name="report_preview_file"),
    re_path(rf"^reports/{UID}/paper/(?P<file_format>pdf|docx)/$", papers.report_paper, name="report_paper"),
    path("reports/<uuid:uid>/figure/", reports.figure_facts, name="figure_facts"),
    re_path(rf"^reports/{UID}/(?P<action>approve|issue)/$", reports.report_move, name="report_move"),
    path("reports/<uuid:uid>/files/<uuid:file_uid>/", reports.report_download, name="report_download"),
]

"""Pages of the composer, under reports/<uid>/."""

from django.urls import path

from reports.views import checks, write_parts, writing

urlpatterns = [
    path("write/", writing.write_overview, name="write_overview"),
    path("begin/", writing.write_start, name="write_start"),
    path("write/<str:key>/", writing.write_section, name="write_section"),
    path("write/<str:key>/keep/", writing.write_keep, name="write_keep"),
    path("write/<str:key>/here/", writing.write_here, name="write_here"),
    path("write/<str:key>/part/", writing.write_part, name="write_part"),
    path("write/<str:key>/states/", writing.write_states, name="write_states"),
    path("write/<str:key>/give/", write_parts.write_give, name="write_give"),
    path("checks/", checks.report_checks, name="report_checks"),
]

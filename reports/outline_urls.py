"""Addresses of the outlines of reports."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from reports.views import outlines

SECTION = rf"(?P<uid>{UUIDConverter.regex})/sections/(?P<key>[a-z0-9._-]+)"

urlpatterns = [
    path("", outlines.outline_list, name="outline_list"),
    path("new/", outlines.outline_create, name="outline_create"),
    path("<uuid:uid>/", outlines.outline_detail, name="outline_detail"),
    path("<uuid:uid>/words/", outlines.outline_help, name="outline_help"),
    path("<uuid:uid>/preview/", outlines.outline_preview, name="outline_preview"),
    path("<uuid:uid>/edit/", outlines.outline_edit, name="outline_edit"),
    path("<uuid:uid>/next/", outlines.outline_next, name="outline_next"),
    path("<uuid:uid>/use/", outlines.outline_use, name="outline_use"),
    path("<uuid:uid>/discard/", outlines.outline_discard, name="outline_discard"),
    path("<uuid:uid>/new-section/", outlines.section_create, name="section_create"),
    re_path(rf"^{SECTION}/$", outlines.section_edit, name="section_edit"),
    re_path(rf"^{SECTION}/(?P<way>up|down)/$", outlines.section_move, name="section_move"),
    re_path(rf"^{SECTION}/remove/$", outlines.section_remove, name="section_remove"),
]

"""Pages of agencies, within those of this app."""

from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from coordination.views import agencies, agency_changes

UID = rf"(?P<uid>{UUIDConverter.regex})"

urlpatterns = [
    path("lists/agencies/", agencies.agency_list, name="agency_list"),
    path("lists/agencies/order/", agencies.agency_order, name="agency_order"),
    path("agencies/new/", agencies.agency_create, name="agency_create"),
    path("agencies/<uuid:uid>/", agencies.agency_detail, name="agency_detail"),
    path("agencies/<uuid:uid>/edit/", agencies.agency_edit, name="agency_edit"),
    path("agencies/<uuid:uid>/letterhead/", agencies.agency_letterhead, name="agency_letterhead"),
    re_path(
        rf"^agencies/{UID}/names/(?P<since>\d{{4}}-\d{{2}}-\d{{2}})/$",
        agencies.agency_name_edit,
        name="agency_name_edit",
    ),
    *(
        path(
            f"agencies/<uuid:uid>/{action}/", agency_changes.agency_change, {"action": action}, name=f"agency_{action}"
        )
        for action in agency_changes.FORMS
    ),
]

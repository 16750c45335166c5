"""Pages of this app."""

from django.urls import path

from coordination.views import lists, session, units

app_name = "coordination"
urlpatterns = [
    path("hat/", session.switch_hat, name="switch_hat"),
    path("lists/accounts/", lists.account_list, name="account_list"),
    path("units/options/", units.unit_options, name="unit_options"),
    path("units/ticks/", units.unit_ticks, name="unit_ticks"),
    path("lists/agencies/", lists.agency_list, name="agency_list"),
]

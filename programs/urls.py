"""Pages of this app."""

from django.urls import path

from programs.views import activities, activity_form, corrections

app_name = "programs"
urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/new/", activity_form.activity_create, name="activity_create"),
    path("activities/echo/day/", activity_form.activity_echo, {"part": "day"}, name="activity_echo_day"),
    path("activities/echo/people/", activity_form.activity_echo, {"part": "people"}, name="activity_echo_people"),
    path("activities/<uuid:uid>/", activities.activity_detail, name="activity_detail"),
    path("activities/<uuid:uid>/edit/", activity_form.activity_edit, name="activity_edit"),
    path("activities/<uuid:uid>/copy/", activity_form.activity_copy, name="activity_copy"),
    path("activities/<uuid:uid>/delete/", activities.activity_delete, name="activity_delete"),
    path("activities/<uuid:uid>/correct/", corrections.activity_correct, name="activity_correct"),
]

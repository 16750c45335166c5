"""Pages of this app."""

from django.urls import path

from coordination.views import session

app_name = "coordination"
urlpatterns = [
    path("hat/", session.switch_hat, name="switch_hat"),
]

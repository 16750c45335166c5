"""Addresses of the portal. Words in addresses are English and stable; records are named by their uid."""

from django.urls import include, path

from reports.views.sign_in import SignInView

urlpatterns = [
    path("accounts/login/", SignInView.as_view(), name="account_login"),
    path("accounts/", include("coordination.account_urls")),
    path("", include("coordination.urls")),
    path("", include("programs.urls")),
    path("", include("reports.urls")),
]

handler403 = "coordination.views.errors.permission_denied"
handler404 = "coordination.views.errors.not_found"
handler429 = "coordination.views.errors.too_many_requests"
handler500 = "coordination.views.errors.server_error"

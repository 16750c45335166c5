"""Signing in: allauth's page, which also says which report is due."""

from allauth.account.views import LoginView
from django.utils import timezone

from reports.home import last_closed


class SignInView(LoginView):
    def get_context_data(self, **kwargs):
        period = last_closed(timezone.localdate())
        return super().get_context_data(period=period, **kwargs)

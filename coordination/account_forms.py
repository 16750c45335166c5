"""Signing in, in our words."""

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """The link to a new password stands below the button, not between label and field."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Office e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = _("Write your office e-mail address.")
        self.fields["password"].error_messages["required"] = _("Write your password.")

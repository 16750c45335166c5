"""What people type to check a report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.stamps import digits_of, grouped


class VerificationForm(forms.Form):
    """The code printed on an issued report."""

    code = forms.CharField(
        label=_("Code on the report"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that stands on the report.")},
    )

    def clean_code(self) -> str:
        digits = digits_of(self.cleaned_data["code"])
        if not digits:
            raise forms.ValidationError(
                _("The code has 20 digits and letters from a to f, like 3f2a-91bc-07de-55a1-c0b4.")
            )
        return grouped(digits)

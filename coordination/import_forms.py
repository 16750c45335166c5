"""The form a filled sheet is sent with."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.sheets.workbook import check_workbook, read_table
from coordination.uploads import FileRefused


class ImportForm(forms.Form):
    """`checked` is the file looked at, `table` its rows."""

    file = forms.FileField(
        label=_("Filled template"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("The Excel file made from the template. Nothing is written before you have seen the check."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose it again.")},
        max_length=None,
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, sheet, **options):
        super().__init__(*args, **options)
        self.sheet, self.checked, self.table = sheet, None, None

    def clean_file(self):
        try:
            self.checked = check_workbook(self.cleaned_data["file"])
            self.table = read_table(self.checked.content, self.sheet)
        except FileRefused as refusal:
            raise ValidationError(refusal.for_people(), "refused") from refusal
        if not self.table.rows:
            raise ValidationError(_("The file has no rows. Fill in the template below the example row, then send it."))
        return self.checked

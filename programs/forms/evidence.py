"""Files sent together, each looked at; photos only with the consent of who is seen on them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.uploads import ACCEPT, IMAGES, FileRefused
from programs.evidence import MOST_FILES, check_evidence


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Cleans to a list of CheckedFile; every file that cannot be taken is named."""

    widget = FilesInput(attrs={"accept": ACCEPT, "multiple": True})

    def clean(self, data, initial=None):
        if not data and not self.required:
            return []
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Send at most %(n)s files at once.") % {"n": MOST_FILES}, "too_many")
        checked, refused = [], []
        for file in files:
            try:
                checked.append(check_evidence(file))
            except FileRefused as refusal:
                refused.append(f"{file.name}: {refusal.for_people()}")
        if refused:
            raise ValidationError([ValidationError(words, "refused") for words in refused])
        return checked


class EvidenceForm(forms.Form):
    files = FilesField(
        label=gettext_lazy("Photos, files"),
        help_text=gettext_lazy("PDF, Word, Excel, JPEG or PNG. Place and time the camera noted are taken off photos."),
        error_messages={
            "required": gettext_lazy("Choose a photo or a file."),
            "empty": gettext_lazy("The file is empty. Choose it again."),
        },
    )
    caption = forms.CharField(label=gettext_lazy("What it shows"), max_length=300, required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("The people recognisable on the photos agree to be shown, or nobody is recognisable."),
        required=False,
    )

    def clean(self):
        cleaned = super().clean()
        pictured = any(file.media_type in IMAGES for file in cleaned.get("files") or [])
        if pictured and not cleaned.get("consent"):
            self.add_error("consent", _("Tick that the people on the photos agree; otherwise send no photo."))
        return cleaned


class ProofForm(forms.Form):
    """Photos and files of an activity that is being logged; `kept`: those chosen before and kept since."""

    photos = FilesField(
        label=gettext_lazy("Photos"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*", "multiple": True}),
        help_text=gettext_lazy("On a phone you can take them at once. Place and time the camera noted are taken off."),
    )
    files = FilesField(
        label=gettext_lazy("Files"), required=False, help_text=gettext_lazy("PDF, Word or Excel: lists, papers.")
    )
    consent = forms.BooleanField(
        label=gettext_lazy("The people recognisable on the photos agree to be shown, or nobody is recognisable."),
        required=False,
    )

    def __init__(self, data=None, files=None, *, kept=(), **options):
        super().__init__(data, files, **options)
        self.kept = list(kept)

    @property
    def sent(self):
        """Files that came with this form and can be taken."""
        return [*(self.cleaned_data.get("photos") or []), *(self.cleaned_data.get("files") or [])]

    def has_pictures(self) -> bool:
        return any(file.media_type in IMAGES for file in self.kept)

    def ask_consent(self) -> None:
        """Once the form is to be recorded: photos alone do not ask for it."""
        if self.has_pictures() and not self.cleaned_data.get("consent"):
            self.add_error("consent", _("Tick that the people on the photos agree; otherwise send no photo."))

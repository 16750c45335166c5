"""What templates/components need: looks of states, and controls dressed for the theme."""

from datetime import date

from django import forms, template
from django.contrib.messages import ERROR, INFO, SUCCESS, WARNING
from django.utils.translation import gettext as _

from coordination.enums import DocumentState, JobState
from coordination.formats import number_vi

register = template.Library()

# Eight looks, each a shape and a colour of the theme (README of the components: templates/components/_badge.html).
LOOKS = ("draft", "doing", "wait", "ok", "back", "late", "lock", "none")
LOOK_OF_STATE = {
    DocumentState.DRAFT: "draft",
    DocumentState.CHECKED: "doing",
    DocumentState.IN_REVIEW: "wait",
    DocumentState.WITH_PARTNER: "wait",
    DocumentState.AGREED: "ok",
    DocumentState.APPROVED: "ok",
    DocumentState.ISSUED: "lock",
    DocumentState.SENT: "lock",
    DocumentState.RECEIVED: "lock",
    DocumentState.RETURNED: "back",
    DocumentState.SUSPENDED: "none",
    DocumentState.CLOSED: "none",
    DocumentState.SUPERSEDED: "none",
    JobState.QUEUED: "wait",
    JobState.RUNNING: "doing",
    JobState.DONE: "ok",
    JobState.FAILED: "late",
    # Values of lists further up, by their words: this app knows no records of theirs.
    "recorded": "doing",
    "open": "none",
    "reported": "wait",
    "verified": "ok",
    "exceeded": "ok",
    "met": "ok",
    "not_met": "late",
    "no_data": "none",
}


@register.filter
def look(state: str) -> str:
    """The look of a state; a look's own name stands for itself."""
    return state if state in LOOKS else LOOK_OF_STATE[state]


@register.filter
def control(field: forms.BoundField) -> str:
    """The form control with the theme's classes; Django adds id, aria-invalid and aria-describedby.

    Never a placeholder: it vanishes while one types, and many read it as an answer already given.
    """
    widget = field.field.widget
    classes = f"{widget.attrs.get('class', '')} {dress(widget)}".strip()
    return field.as_widget(attrs={"class": classes or False, "placeholder": False})


def dress(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "" if widget.is_hidden else "form-control"


@register.filter
def mistakes(form) -> list[dict[str, str]]:
    """For the summary above a form: `where` (id of the control, "" = of no single one), `label` and `text`.

    What joins several forms on one page lists its own.
    """
    if isinstance(form.errors, list):
        return form.errors
    found = [{"where": "", "label": "", "text": text} for text in form.non_field_errors()]
    for field in form:
        part = getattr(field.field, "part", "")  # tells fields of the same name apart
        label = f"{part} – {field.label}" if part else field.label
        where = field.id_for_label or field.auto_id
        found += [{"where": where, "label": label, "text": text} for text in field.errors]
    return found


@register.filter
def kind_of_control(field: forms.BoundField) -> str:
    """ "hidden", "check" (one box, its label behind it), "group" (several boxes under a legend) or "line"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "group" if widget.use_fieldset else "line"


NOTES = {
    INFO: ("", "info"),
    SUCCESS: ("note-ok", "circle-check"),
    WARNING: ("note-warn", "triangle-alert"),
    ERROR: ("note-bad", "octagon-alert"),
}


@register.filter
def note_class(message) -> str:
    return NOTES[message.level][0]


@register.filter
def note_icon(message) -> str:
    return NOTES[message.level][1]


@register.filter
def due_words(day: date, today: date) -> str:
    """ "còn 4 ngày", "hôm nay", "quá 4 ngày"."""
    days = (day - today).days
    if days in (0, 1):
        return _("tomorrow") if days else _("today")
    return (_("%(days)s days left") if days > 0 else _("%(days)s days late")) % {"days": number_vi(abs(days))}

"""What the templates of facts need beyond coordination/templatetags/formats.py."""

from django import template

from coordination.formats import number_vi
from programs import plan_words
from programs.enums import ItemState, Precision
from programs.totals import share

register = template.Library()


@register.filter
def people(activity) -> str:
    """Attendances as typed: "gần 1.000"."""
    number = number_vi(activity.attendances)
    if activity.attendances is None or activity.precision == Precision.EXACT:
        return number
    return f"{activity.get_precision_display()} {number}"


@register.filter
def share_of_women(activity):
    return share(activity.women, activity.attendances)


@register.filter
def brief(component) -> str:
    """The content it belongs to, without what stands after the colon: "Nội dung 1"."""
    return (component.content or component).short_name.partition(":")[0]


@register.filter
def chips(filterset) -> list[dict]:
    """The filters in use, each with the address of the list without it."""
    found = []
    for chip in filterset.active():
        rest = filterset.data.copy()
        rest.pop(chip["name"])
        rest.pop("page", None)
        found.append(chip | {"without": f"?{rest.urlencode()}"})
    return found


@register.filter
def bare(filterset) -> str:
    """The address of the list without the filters in use."""
    rest = filterset.data.copy()
    for name in ("page", *(chip["name"] for chip in filterset.active())):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


@register.filter
def size(number):
    """A number without its sign: what was dissolved is stored below 0."""
    return None if number is None else abs(number)


@register.filter
def short_number(number) -> str:
    """A stored decimal without its trailing zeros: 50,6; "…" where nothing was stated."""
    return number_vi(number if number is None else number.normalize())


@register.filter
def short_millions(amount) -> str:
    """Of whole đồng, in million đồng without a ",0"."""
    return plan_words.short_millions(amount)


@register.filter
def standing_items(totals) -> int:
    """Tasks of a plan that are not cancelled."""
    return totals.items - totals.by_state[ItemState.CANCELLED]


@register.filter
def entry(rows, key):
    return rows[key]


@register.filter
def named(agency, names) -> str:
    """The short name of today, from the names the page has read."""
    return names[agency.pk]


@register.filter
def changed_lines(change) -> list[dict]:
    """What a change of a task says otherwise, line by line as printed."""
    before, after = change.before, change.after
    return [
        {"label": label, "before": before.get(label, ""), "after": words}
        for label, words in after.items()
        if before.get(label, "") != words
    ]

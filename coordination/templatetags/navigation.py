"""The main navigation: which pages a person in this hat can go to, and which of them this page belongs to."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()
BAR = 4  # places beside "Thêm" in the bar of a phone


@dataclass(frozen=True)
class Place:
    """`pages`: beginnings of the URL names that belong to it; `short`: its word in the bar of a phone."""

    label: Promise
    short: Promise
    icon: str
    url_name: str
    pages: tuple[str, ...]


HOME = Place(_("My work"), _("Work"), "list-checks", "reports:home", ("reports:home",))
ACTIVITIES = Place(
    _("Activities"), _("Activities"), "clipboard-list", "programs:activity_list", ("programs:activity_",)
)
WRITE = Place(
    _("Log an activity"),
    pgettext_lazy("phone bar", "Log"),
    "circle-plus",
    "programs:activity_create",
    ("programs:activity_create",),
)
MODELS = Place(_("Models"), _("Models"), "house", "programs:model_list", ("programs:model_",))
TARGETS = Place(
    _("Targets"), _("Targets"), "target", "programs:scoreboard", ("programs:scoreboard", "programs:measurement_")
)
MONEY = Place(_("Funds"), _("Funds"), "wallet", "programs:budget_grid", ("programs:budget_",))
REPORTS = Place(
    _("Reports"),
    _("Reports"),
    "file-text",
    "reports:report_list",
    ("reports:report_", "reports:figure_", "reports:unreported"),
)
ACCOUNTS = Place(_("Accounts"), _("Accounts"), "users", "coordination:account_list", ("coordination:account_",))
AGENCIES = Place(_("Agencies"), _("Agencies"), "landmark", "coordination:agency_list", ("coordination:agency_",))

# In the order of the bar of a phone; the wide navigation leaves WRITE to its button.
WRITERS = (HOME, ACTIVITIES, WRITE, REPORTS, MODELS, TARGETS, MONEY)
READERS = (HOME, REPORTS, TARGETS, ACTIVITIES, MODELS, MONEY)
ADMINISTRATORS = (ACCOUNTS, AGENCIES)


def places_for(request) -> list[Place]:
    """Writers find what they fill in first, readers the reports; system administrators accounts and lists only."""
    places = []
    if request.acting:
        places += WRITERS if request.acting.writes else READERS
    if request.user.is_system_administrator:
        places += ADMINISTRATORS
    return places


def entry(place: Place, page: str) -> dict | None:
    """None while no such page exists."""
    try:
        url = reverse(place.url_name)
    except NoReverseMatch:
        return None
    current = page.startswith(place.pages) and (page != WRITE.url_name or place == WRITE)
    return {
        "label": place.label,
        "short": place.short,
        "icon": place.icon,
        "url": url,
        "is_current": current,
        "is_write": place == WRITE,
    }


@register.simple_tag(takes_context=True)
def navigation(context):
    """`places` of the wide navigation, `write` (or None) for its button; `bar` and `rest` of the phone's."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {"places": [], "write": None, "bar": [], "rest": []}
    page = request.resolver_match.view_name if request.resolver_match else ""
    entries = [shown for place in places_for(request) if (shown := entry(place, page))]
    return {
        "places": [shown for shown in entries if not shown["is_write"]],
        "write": next((shown for shown in entries if shown["is_write"]), None),
        "bar": entries[:BAR],
        "rest": entries[BAR:],
    }

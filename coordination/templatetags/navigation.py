"""The main navigation: which pages a person in this hat can go to, and which of them this page belongs to."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.enums import MemberRole

register = template.Library()
BAR = 4  # places beside "Thêm" in the bar of a phone
NOTHING = {"places": [], "write": None, "bar": [], "rest": []}


@dataclass(frozen=True)
class Place:
    """`pages`: beginnings of the URL names that belong to it; `short`: its word in the bar of a phone."""

    label: Promise
    short: Promise
    icon: str
    url_name: str
    pages: tuple[str, ...]


HOME = Place(
    _("My work"),
    _("Work"),
    "list-checks",
    "reports:home",
    ("reports:home", "programs:assignment", "programs:document_assignments"),
)
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
PLANS = Place(
    _("Plans"),
    _("Plans"),
    "list-todo",
    "programs:plan_list",
    ("programs:plan_", "programs:item_", "programs:difficulty_", "programs:agreement_coverage"),
)
MODELS = Place(_("Models"), _("Models"), "house", "programs:model_list", ("programs:model_",))
TARGETS = Place(
    _("Targets"),
    _("Targets"),
    "target",
    "programs:scoreboard",
    (
        "programs:scoreboard",
        "programs:measurement_",
        "programs:reading_",
        "programs:target_",
        "programs:computed_",
        "programs:rules_",
        "programs:definition_",
    ),
)
MONEY = Place(_("Funds"), _("Funds"), "wallet", "programs:budget_grid", ("programs:budget_",))
REPORTS = Place(
    _("Reports"),
    _("Reports"),
    "file-text",
    "reports:report_list",
    (
        "reports:report_",
        "reports:round_",
        "reports:seat_",
        "reports:write_",
        "reports:outline_",
        "reports:figure_",
        "reports:unreported",
    ),
)
AGREEMENTS = Place(
    _("Agreements"),
    _("Agreements"),
    "handshake",
    "coordination:agreement_list",
    ("coordination:agreement_",),
)
DOCUMENTS = Place(
    _("Register of documents"),
    pgettext_lazy("phone bar", "Register"),
    "book-open",
    "coordination:document_list",
    (
        "coordination:document_list",
        "coordination:document_create",
        "coordination:document_detail",
        "coordination:document_print",
    ),
)
ACCOUNTS = Place(_("Accounts"), _("Accounts"), "users", "coordination:account_list", ("coordination:account_",))
PLACES = Place(
    _("Places"), pgettext_lazy("phone bar", "Places"), "map-pin", "coordination:unit_list", ("coordination:unit_",)
)
AGENCIES = Place(_("Agencies"), _("Agencies"), "landmark", "coordination:agency_list", ("coordination:agency_",))

WRITERS = (HOME, AGREEMENTS, PLANS, ACTIVITIES, MODELS, TARGETS, MONEY, REPORTS, DOCUMENTS, AGENCIES, PLACES)
WITH_THE_BUTTON = (HOME.url_name, WRITE.url_name)  # pages that are that form, or show its button themselves
READERS = (HOME, REPORTS, TARGETS, PLANS, ACTIVITIES, AGREEMENTS, MODELS, MONEY, DOCUMENTS, AGENCIES, PLACES)
OUTLINES = Place(
    _("Outlines of reports"),
    pgettext_lazy("phone bar", "Outlines"),
    "list-tree",
    "reports:outline_list",
    ("reports:outline_", "reports:section_"),
)
ADMINISTRATORS = (ACCOUNTS, AGENCIES, PLACES, TARGETS, OUTLINES)
BAR_OF_WRITERS = (HOME, ACTIVITIES, WRITE, REPORTS)
BAR_OF_CLERKS = (HOME, DOCUMENTS, AGREEMENTS, REPORTS)


def places_for(request) -> tuple[Place, ...]:
    """Writers find what they fill in first, readers the reports; system administrators accounts and lists only."""
    own = ()
    if request.acting:
        own = WRITERS if request.acting.writes else READERS
    lists = ADMINISTRATORS if request.user.is_system_administrator else ()
    return tuple(dict.fromkeys(own + lists))


def bar_for(acting, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The four a person opens most while away from the desk."""
    if acting and acting.writes:
        return BAR_OF_WRITERS
    return BAR_OF_CLERKS if acting and acting.role == MemberRole.CLERK else places[:BAR]


def entry(place: Place, page: str, beside: tuple[Place, ...] = ()) -> dict:
    """`beside`: the places shown with it; one page is marked once."""
    return {
        "label": place.label,
        "short": place.short,
        "icon": place.icon,
        "url": reverse(place.url_name),
        "is_current": page.startswith(place.pages)
        and (place == WRITE or WRITE not in beside or page != WRITE.url_name),
        "is_write": place == WRITE,
    }


def entries(places: tuple[Place, ...], page: str) -> list[dict]:
    return [entry(place, page, places) for place in places]


@register.simple_tag(takes_context=True)
def navigation(context):
    """`places` of the wide navigation, `write` (or None) for its button; `bar` and `rest` of the phone's."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return NOTHING
    page = request.resolver_match.view_name if request.resolver_match else ""
    places = places_for(request)
    writes = bool(request.acting and request.acting.writes)
    bar = bar_for(request.acting, places)
    return {
        "places": entries(places, page),
        "write": entry(WRITE, page) if writes and page not in WITH_THE_BUTTON else None,
        "bar": entries(bar, page),
        "rest": entries(tuple(place for place in places if place not in bar), page),
    }

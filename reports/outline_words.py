"""What the text of an outline may say between braces, and which parts may stand after it, with their meaning."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Framework
from reports.compose import clause_tables, clauses
from reports.compose.forms import FORMS
from reports.compose.parts import PARTS, Part
from reports.compose.sections import GROUPS, OTHERS, WORDS
from reports.compose.texts import PLACES
from reports.compose.vocabulary import CONDITIONS, NOTES
from reports.enums import ReportKind
from reports.figures import FIGURES, Ref, UnknownFigure
from reports.figures.indicators import IndicatorValue

Label = str | Promise
MORE_WORDS: dict[str, Label] = {
    "full_agency": gettext_lazy("name of the agency with its province"),
    "money_first_day": gettext_lazy("first day money is counted from"),
    "addressees": gettext_lazy("to whom the report goes"),
    "basis": gettext_lazy("legal bases"),
    "consolidated": gettext_lazy("from how many agencies it is put together"),
}
AGREEMENT_WORDS: dict[str, Label] = {
    "agreement": gettext_lazy("the agreement as papers cite it"),
    "agreement_name": gettext_lazy("kind and number of the agreement"),
    "parties": gettext_lazy("short names of the parties"),
    "stage": gettext_lazy("years of the agreement"),
}
FORM_WORDS: dict[str, Label] = {
    "number": gettext_lazy("the number; also when no form is written"),
    "some": gettext_lazy("the number, left out when it is 0"),
    "before": gettext_lazy("the number of the same period last year"),
    "changed": gettext_lazy("by how much it rose or fell"),
    "compared": gettext_lazy("by how much it rose or fell, “so với cùng kỳ”"),
    "parts": gettext_lazy("of a share: the part and the whole, 12/20"),
}
NOTE_WORDS: dict[str, Label] = {
    "boundaries": gettext_lazy("last year counted within today's boundaries"),
    "merged_agencies": gettext_lazy("last year with the agencies joined since"),
    "left_out": gettext_lazy("targets that do not apply here"),
    "women_coverage": gettext_lazy("how many sessions state the women"),
    "rough": gettext_lazy("numbers that are estimates"),
}
CONDITION_WORDS: dict[str, Label] = {
    "province": gettext_lazy("the report counts the whole province"),
    "consolidated": gettext_lazy("the report is put together from other agencies"),
    "merged": gettext_lazy("the province was merged in the days compared"),
    "last_year": gettext_lazy("there are activities last year"),
    "money": gettext_lazy("there is money"),
    "targets": gettext_lazy("any target was measured"),
    "targets_unknown": gettext_lazy("a target has no data"),
    "project": gettext_lazy("there are activities of Project 8"),
    "action_month_ahead": gettext_lazy("the action month lies in the next period"),
}
PART_WORDS: dict[str, Label] = {
    "table.targets": gettext_lazy("Table: targets by objective, met and not met"),
    "table.contents": gettext_lazy("Table: sessions by content, beside last year"),
    "table.women": gettext_lazy("Table: women among those who came"),
    "table.years": gettext_lazy("Table: results by year of the stage"),
    "chart.cumulative": gettext_lazy("Chart: sessions month by month, added up"),
    "chart.contents": gettext_lazy("Chart: sessions by content, beside last year"),
    "chart.women": gettext_lazy("Chart: share of women by content"),
    "text.papers": gettext_lazy("Sentences: papers issued"),
    "text.kinds": gettext_lazy("Sentences: forms of activity"),
    "text.outputs": gettext_lazy("Sentence: products handed out"),
    "text.contents": gettext_lazy("Sentences: results by content"),
    "text.models": gettext_lazy("Sentences: models in operation"),
    "text.tiers": gettext_lazy("Sentences: indicators read by tier"),
    "text.missed": gettext_lazy("Sentences: targets not met"),
    "text.strengths": gettext_lazy("Sentences: what went well, by the numbers"),
    "text.weaknesses": gettext_lazy("Sentences: what did not go well, by the numbers"),
    "text.consolidated": gettext_lazy("Sentence: from how many agencies it is put together"),
    "text.clauses": gettext_lazy("Agreement: results clause by clause"),
    "text.progress": gettext_lazy("Agreement: how many clauses are planned, how many tasks are done"),
    "text.plans": gettext_lazy("Agreement: the annual plans"),
    "text.unplanned": gettext_lazy("Agreement: what is not planned or not finished"),
    "text.difficulties": gettext_lazy("Agreement: difficulties noted with the tasks"),
    "text.funding": gettext_lazy("Agreement: money planned and spent"),
    "annex.targets": gettext_lazy("Annex: every target with its parts"),
    "annex.months": gettext_lazy("Annex: sessions by content and month"),
    "annex.models": gettext_lazy("Annex: models by kind"),
    "annex.money": gettext_lazy("Annex: money by source"),
    "annex.activities": gettext_lazy("Annex: list of activities"),
    "annex.tasks": gettext_lazy("Annex, agreement: every task with its result"),
    "annex.coverage": gettext_lazy("Annex, agreement: clauses by year"),
    "annex.indicators": gettext_lazy("Annex, agreement: indicators year by year"),
}
UNDER_AGREEMENTS = (*clauses.TEXTS.values(), *clause_tables.ANNEXES.values())
TOKEN = re.compile(r"\{[^{}]*\}")
_INSIDE = re.compile(r"\{(?P<name>[^{}|]+)(?:\|(?P<form>[a-z_]+))?\}")


@dataclass(frozen=True)
class Word:
    token: str
    label: Label


def part_choices(kind: str = ReportKind.FINAL) -> list[tuple[str, str]]:
    """Parts for a kind of report by what names them; one that speaks of a strategy once for each there is."""
    frameworks = list(Framework.objects.order_by("year_from", "pk").values_list("code", "name"))
    found: list[tuple[str, str]] = []
    for name, maker in PARTS.items():
        words = str(PART_WORDS[name])
        if maker in UNDER_AGREEMENTS and kind not in ReportKind.under_agreements():
            continue
        if "framework" in inspect.signature(maker).parameters:
            found += [(f"{name}?framework={code}", f"{words} ({label})") for code, label in frameworks]
        else:
            found.append((name, words))
    return found


def stored_part(token: str) -> str | dict[str, str]:
    """As an outline keeps it."""
    name, _mark, query = token.partition("?")
    return {"part": name, **dict(parse_qsl(query))} if query else name


def tokens_of(parts: list[str | dict[str, str]]) -> list[str]:
    return [Part.of(entry).token for entry in parts]


def words_to_use(kind: str) -> dict[str, list[Word]]:
    """By group, for a report of the kind."""
    agreement = AGREEMENT_WORDS if kind in ReportKind.under_agreements() else {}
    found = {str(_("Words")): [Word(f"{{{name}}}", label) for name, label in (WORDS | MORE_WORDS | agreement).items()]}
    for figure in FIGURES.values():
        if not isinstance(figure, IndicatorValue):
            group = str(GROUPS.get(figure.code.partition(".")[0], OTHERS))
            found.setdefault(group, []).append(Word(f"{{{figure.code}}}", figure.label))
    found[str(_("Forms of a figure"))] = [
        Word(f"{{activities.sessions|{name}}}", label) for name, label in FORM_WORDS.items()
    ]
    found[str(_("Places in the paper"))] = [Word(f"{{{place}}}", PART_WORDS[part]) for place, part in _places()]
    found[str(_("Footnotes"))] = [Word(f"{{note:{name}}}", label) for name, label in NOTE_WORDS.items()]
    found[str(_("Only where it holds, at the start of a clause in [ ]"))] = [
        Word(f"{{when:{name}}}", label) for name, label in CONDITION_WORDS.items()
    ]
    return found


def _places() -> Iterator[tuple[str, str]]:
    """Name of a place and the part that stands there."""
    for name in PARTS:
        group, _dot, key = name.partition(".")
        if group in PLACES:
            yield f"{group}:{key}", name


def wrong_words(text: str, kind: str) -> list[str]:
    """What is wrong with the text, one sentence a mistake, for people."""
    found = [wrong for token in dict.fromkeys(TOKEN.findall(text)) if (wrong := _wrong(token, kind))]
    if set("{}") & set(TOKEN.sub("", text)):
        found.append(_("A brace stands alone. A figure is written {name}; mend it or take it out."))
    return found


def _wrong(token: str, kind: str) -> str:
    inside = _INSIDE.fullmatch(token)
    name, form = (inside["name"], inside["form"]) if inside else ("", None)
    if name in WORDS or name in MORE_WORDS:
        return ""
    if name in AGREEMENT_WORDS:
        if kind in ReportKind.under_agreements():
            return ""
        return _("%(token)s speaks of an agreement; reports of this kind have none. Take it out.") % {"token": token}
    if ":" in name.partition("?")[0]:
        known = {
            *(place for place, _part in _places()),
            *(f"note:{key}" for key in NOTES),
            *(f"when:{key}" for key in CONDITIONS),
        }
        return "" if name in known else _unknown(token)
    if form and form not in FORMS:
        return _unknown(token)
    try:
        Ref.parse(name)
    except UnknownFigure:
        return _unknown(token)
    return ""


def _unknown(token: str) -> str:
    return _("There is no %(token)s. Choose from the list of words and figures, or take it out.") % {"token": token}

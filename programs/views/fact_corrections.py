"""Adding to a frozen event of a model, reading or entry of money what was wrong in it ("bổ sung số liệu")."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from programs.enums import ModelNature
from programs.forms.fact_corrections import FactCorrectionForm
from programs.models import BudgetEntry, Measurement, ModelEvent
from programs.rules import require
from programs.views.corrections import answer_to_correction, first_values

# By the word of the address: the table, and what its page shows of the record beside the numbers.
KINDS = {
    "models": (ModelEvent, ("model__kind", "unit")),
    "indicators": (Measurement, ("indicator", "category", "unit")),
    "budget": (BudgetEntry, ("component", "unit")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def fact_correct(request, kind, uid):
    table, related = KINDS[kind]
    fact = get_object_or_404(table.objects.visible_to(request.user).select_related(*related), uid=uid)
    require(request, f"programs.change_{table._meta.model_name}", fact)
    back = page_of(fact)
    if fact.reason or not fact.is_locked or is_move(fact):
        return redirect(back)

    def page(form, status=200):
        context = {"fact": fact, "form": form, "title": title_of(fact), "back": back}
        return render(request, "programs/fact_correct.html", context, status=status)

    if request.method == "POST":
        return answer_to_correction(request, fact, FactCorrectionForm(request.POST, fact=fact), page, back)
    return page(FactCorrectionForm(fact=fact, initial=first_values(fact)))


def is_move(fact):
    """A move stands in two accounts: mended in one of them alone, models would appear or vanish."""
    return isinstance(fact, ModelEvent) and fact.nature == ModelNature.MOVED


def title_of(fact):
    if isinstance(fact, ModelEvent):
        return f"{fact.model.name}: {fact.get_nature_display()}"
    if isinstance(fact, BudgetEntry):
        return f"{fact.component.short_name}: {fact.get_nature_display()}, {fact.get_source_display()}"
    return fact.category.name if fact.category else fact.indicator.name


def page_of(fact):
    """Where the record is shown."""
    if isinstance(fact, ModelEvent):
        return reverse("programs:model_detail", args=[fact.model.uid])
    if isinstance(fact, BudgetEntry):
        return reverse("programs:budget_entry", args=[fact.uid])
    return reverse("programs:measurement_list", args=[fact.indicator.code])

"""The page on which an indicator's rules and formula are kept: what it is judged by is readable, and edited, here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.htmx import redirect_page
from coordination.locking import StaleVersion
from programs.forms.differences import differences
from programs.forms.indicator_rules import FORMULA, RULES, RulesForm, stored_rules
from programs.indicator_actions import save_rules
from programs.models import Indicator
from programs.views.indicator_forms import keeps_rules


@require_http_methods(["GET", "HEAD", "POST"])
def rules_edit(request, code):
    """Of an indicator that is read or counted; a composite has none of its own."""
    known = Indicator.objects.select_related("objective__framework", "formula")
    indicator = get_object_or_404(known, code=code)
    if indicator.parts.exists():
        raise Http404
    if not keeps_rules(request, indicator):
        raise PermissionDenied
    form = RulesForm(request.POST or None, indicator=indicator, readings=indicator.measurements.count())
    if request.method != "POST":
        return rules_page(request, form)
    if not form.is_valid():
        return rules_page(request, form, status=422)
    return write_rules(request, form)


def write_rules(request, form):
    """A stale edit shows both versions; sent again it replaces the other knowingly."""
    indicator, stored = form.indicator, stored_rules(form.indicator)
    seen = form.cleaned_data["version"]
    try:
        save_rules(indicator, rules=form.rules(), formula=form.formula(), seen=seen, by=request.user)
    except StaleVersion:
        theirs = differences(form, stored, (*RULES, *FORMULA))
        form.data = form.data.copy()
        form.data["version"] = stored["version"]
        return rules_page(request, form, theirs, 409)
    messages.success(request, _("The rules are saved. Pages count by them from now on; approved reports keep theirs."))
    return redirect_page(request, reverse("programs:measurement_list", args=[indicator.code]))


def rules_page(request, form, theirs=None, status=200):
    context = {
        "form": form,
        "indicator": form.indicator,
        "theirs": theirs,
        "rules": [form[name] for name in RULES],
        "formula": [form[name] for name in (*FORMULA, "readings_give_way") if name in form.fields],
    }
    return render(request, "programs/rules_form.html", context, status=status)

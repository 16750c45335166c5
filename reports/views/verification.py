"""The public page where whoever holds an issued report checks it by its code. It needs no sign-in and tells little."""

from functools import wraps

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.lookup import paper_with
from reports.stamps import digits_of
from reports.verification_forms import VerificationForm


def limited(view):
    """Counted by address, so that nobody tries codes by the thousand."""

    @wraps(view)
    def counted(request, *args, **kwargs):
        return ratelimit.consume_or_429(request, action="verification", limit_get=True) or view(
            request, *args, **kwargs
        )

    return counted


@login_not_required
@require_safe
@never_cache
@limited
def verification(request, code=""):
    """Without a code, or with an unknown one, the form to type it."""
    form = VerificationForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("reports:verification", code=form.cleaned_data["code"])
    digits = digits_of(code)
    paper = paper_with(digits) if digits else None
    if not form.is_bound:
        form = VerificationForm(initial={"code": code})
    context = {"form": form, "paper": paper, "unknown": bool(code) and paper is None}
    status = 422 if form.is_bound else 404 if context["unknown"] else 200
    return render(request, "reports/verification.html", context, status=status)

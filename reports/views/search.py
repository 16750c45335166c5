"""What the search field on the frame of every page leads to."""

from django.views.decorators.http import require_safe

from coordination.htmx import render_page
from reports.forms import SearchForm
from reports.search import find


@require_safe
def search(request):
    words = SearchForm(request.GET).words
    context = {"q": words, "found": find(request, words) if words else []}
    return render_page(request, "reports/search.html", "reports/_search_found.html", context)

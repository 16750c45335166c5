"""A report whose text names what there is not: a page that says where, in place of an error."""

from functools import wraps

from django.shortcuts import render

from reports.compose import WrongText


def tells_wrong_text(view):
    """For views that compose a report."""

    @wraps(view)
    def told(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except WrongText as wrong:
            return render(request, "reports/text_wrong.html", {"wrong": wrong}, status=409)

    return told

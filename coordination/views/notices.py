"""What a person was told."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from coordination.htmx import render_page
from coordination.models import Notice
from coordination.notices import address, mark_read, sentence
from coordination.pagination import CappedPaginator


@require_safe
def notice_list(request):
    page = CappedPaginator(Notice.objects.visible_to(request.user).for_reading()).get_page(request.GET.get("page"))
    for notice in page.object_list:
        notice.words = sentence(notice)
    return render_page(request, "coordination/notice_list.html", "coordination/_notice_table.html", {"page": page})


@require_POST
def notice_read(request):
    """Of one `notice` it leads to what it is about; without one all are read."""
    notices = Notice.objects.visible_to(request.user)
    chosen = request.POST.get("notice", "")
    if not chosen:
        mark_read(notices)
        return redirect("coordination:notice_list")
    notice = notices.filter(pk=chosen).for_reading().first() if chosen.isdecimal() and len(chosen) < 19 else None
    if notice is None:
        raise Http404
    mark_read(notices.filter(pk=notice.pk))
    return redirect(address(notice))

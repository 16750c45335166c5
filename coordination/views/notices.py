"""What a person was told."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordination.htmx import render_page
from coordination.models import Document, Notice
from coordination.notices import address, mark_read, part_shown, sentence
from coordination.pagination import CappedPaginator


@require_safe
def notice_list(request):
    page = CappedPaginator(Notice.objects.visible_to(request.user).for_reading()).get_page(request.GET.get("page"))
    for notice in page.object_list:
        notice.words = sentence(notice)
    return render_page(request, "coordination/notice_list.html", "coordination/_notice_table.html", {"page": page})


@require_POST
def notice_read(request):
    """Of one `notice` it leads to what it is about, if the reader still sees that; without one all are read."""
    notices = Notice.objects.visible_to(request.user)
    chosen = request.POST.get("notice", "")
    if not chosen:
        mark_read(notices)
        return redirect("coordination:notice_list")
    notice = notices.filter(pk=chosen).for_reading().first() if chosen.isdecimal() and len(chosen) < 19 else None
    if notice is None:
        raise Http404
    mark_read(notices.filter(pk=notice.pk))
    if notice.about and not Document.objects.visible_to(request.user).filter(pk=notice.about_id).exists():
        if part := part_shown(notice.about, request.user):
            return redirect(part)
        words = _(
            "You cannot read this text now. One taken back to draft is shown again when it is put to the parties."
        )
        messages.info(request, words)
        return redirect("coordination:notice_list")
    return redirect(address(notice))

"""A document as PDF or Word: the file when it is there, else the page that waits for it."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coordination.compose import NoText
from coordination.enums import JobState
from coordination.htmx import is_swap, redirect_page, render_page
from coordination.jobs import is_unattended
from coordination.models import Agreement
from coordination.papers import FORMAT_NAMES, MEDIA_TYPES, ask_for_paper, paper_job_of, paper_of


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_paper(request, uid, file_format):
    visible = Agreement.objects.visible_to(request.user).filter(register_only=False)
    agreement = get_object_or_404(visible.select_related("document__kind"), uid=uid)
    back = reverse("coordination:agreement_detail", args=[agreement.uid])
    return paper_page(request, agreement.document, file_format, back)


def paper_page(request, document, file_format, back, name=""):
    """GET: the file of the text as it is now, or whether one is being made. POST asks for it.

    `back` is the page of the document, `name` what its file is called ("" = as papers are).
    """
    job = paper_job_of(document, file_format)
    waiting = job if job and job.state not in JobState.ended() else None
    try:
        paper = None if waiting else paper_of(document, file_format)
    except NoText as nothing:
        raise Http404 from nothing
    ready = paper is not None and paper.file.is_file()
    name = name or (paper.name if paper else "")
    if request.method == "POST":
        if paper and not ready:
            ask_for_paper(paper, by=request.user)
        return redirect_page(request, request.path)
    if ready and not is_swap(request):
        return FileResponse(
            paper.file.open("rb"), as_attachment=True, filename=name, content_type=MEDIA_TYPES[file_format]
        )
    failed = job if paper and job and job.state == JobState.FAILED and job.key == paper.key else None
    context = {
        "document": document,
        "format_name": FORMAT_NAMES[file_format],
        "back": back,
        "waiting": waiting,
        "unattended": waiting is not None and is_unattended(waiting),
        "failed": failed,
        "ready": ready,
        "paper": paper,
        "name": name,
    }
    return render_page(request, "coordination/paper.html", "coordination/_paper.html", context)

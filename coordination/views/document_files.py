"""Files of a document: brought by people, and taken away again under the name people see."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from rules import has_perm

from coordination.document_forms import UploadForm
from coordination.htmx import redirect_page
from coordination.models import Document
from coordination.register import AlreadyThere, add_file
from coordination.views.documents import detail_page, visible_document

# A file is shown by the program it belongs to, never run as a page of the portal.
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@require_POST
def document_upload(request, uid):
    document = visible_document(request, uid)
    if not has_perm("coordination.upload_file", request.acting, document):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES, document=document)
    if form.is_valid():
        try:
            add_file(document, form.checked, form.cleaned_data["nature"], acting=request.acting)
        except AlreadyThere:
            form.add_error("file", _("This file is already here. Choose another one."))
    if form.errors:
        return detail_page(request, document, 422, upload_form=form)
    messages.success(request, _("The file is kept: %(name)s.") % {"name": form.checked.name})
    return redirect_page(request, reverse("coordination:document_detail", args=[document.uid]))


@require_safe
def document_file(request, uid, file_uid):
    document = get_object_or_404(Document.objects.visible_to(request.user), uid=uid)
    kept = get_object_or_404(document.files, uid=file_uid)
    content = kept.file.open("rb")
    return FileResponse(
        content, as_attachment=True, filename=kept.name, content_type=kept.media_type, headers=SAFE_HEADERS
    )

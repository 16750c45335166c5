"""Files people bring: what they are is read from their content, never from their name.

Taken are PDF, Word, Excel, JPEG and PNG. What is broken, locked with a password or carries macros is refused with one
sentence that says what to do. The stored name is random; the name people see goes into the download only.
"""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from coordination.formats import number_vi
from coordination.search import clean_text

MEGABYTE = 1024 * 1024
LONGEST_NAME = 200
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
IMAGES = (JPEG, PNG)
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX, XLSX = f"{OFFICE}.wordprocessingml.document", f"{OFFICE}.spreadsheetml.sheet"
DOC, XLS = "application/msword", "application/vnd.ms-excel"
SUFFIXES = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", DOCX: ".docx", XLSX: ".xlsx", DOC: ".doc", XLS: ".xls"}
ENDINGS = (*SUFFIXES.values(), ".jpeg", ".docm", ".xlsm")
ACCEPT = ",".join(SUFFIXES.values())  # for the file field of a page: a help, never the check

_PDF_HEAD, _JPEG_HEAD, _JPEG_END = b"%PDF-", b"\xff\xd8\xff", b"\xff\xd9"
_PNG_HEAD, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND"
_HEAD_WITHIN = 1024  # PDF readers allow a few bytes before the head
_ZIP_HEAD, _OLE_HEAD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
_STREAMS = {DOC: ("WordDocument",), XLS: ("Workbook", "Book")}
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


class FileRefused(Exception):
    """The file cannot be taken; `for_people` says why and what to do."""

    def for_people(self) -> str:
        return str(self)


@dataclass(frozen=True)
class CheckedFile:
    """A file whose content was looked at. `size` in bytes; `page_count` of a PDF only."""

    name: str
    content: bytes
    media_type: str
    page_count: int | None = None

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def as_file(self) -> ContentFile:
        return ContentFile(self.content)

    def stored_name(self) -> str:
        """Says nothing of the document and cannot be guessed."""
        return f"{uuid.uuid4().hex}{SUFFIXES[self.media_type]}"


def check_upload(upload: UploadedFile) -> CheckedFile:
    """Raises FileRefused. The size is asked first, so that nothing large is read into memory."""
    limit = settings.UPLOAD_MAX_MB
    if (upload.size or 0) > limit * MEGABYTE:
        raise FileRefused(
            _("The file is larger than %(limit)s MB. Scan it at 200 dpi or split it, then send it again.")
            % {"limit": number_vi(limit)}
        )
    content = upload.read()
    if not content:
        raise FileRefused(_("The file is empty. Choose it again."))
    media_type = media_type_of(content)
    pages = pages_of_pdf(content) if media_type == PDF else None
    return CheckedFile(shown_name(upload.name or "", media_type), content, media_type, pages)


def media_type_of(content: bytes) -> str:
    if _PDF_HEAD in content[:_HEAD_WITHIN]:
        return PDF
    if content.startswith(_JPEG_HEAD):
        return whole_picture(content, JPEG, _JPEG_END)
    if content.startswith(_PNG_HEAD):
        return whole_picture(content, PNG, _PNG_END)
    if content.startswith(_ZIP_HEAD):
        return office_type(content)
    if content.startswith(_OLE_HEAD):
        return old_office_type(content)
    raise not_taken()


def not_taken() -> FileRefused:
    words = _("The file is none of PDF, Word, Excel, JPEG and PNG. Save or scan it as PDF, then send it again.")
    return FileRefused(words)


def whole_picture(content: bytes, media_type: str, end: bytes) -> str:
    """The end may be followed by what a camera adds, but it has to be there."""
    if end not in content[2:]:
        raise FileRefused(_("The picture is cut off. Send the whole file again."))
    return media_type


def office_type(content: bytes) -> str:
    """Word and Excel since 2007 are archives; which of the two says the part they must have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise FileRefused(_("The Word or Excel file is damaged. Open it, save it again and send that.")) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("The file carries macros. Save it as PDF, .docx or .xlsx without macros, then send it."))
    for media_type, part in _PARTS.items():
        if part in names:
            return media_type
    raise not_taken()


def old_office_type(content: bytes) -> str:
    """Word and Excel until 2003, by the names of their streams; newer ones look like this when under a password."""
    if _stream(content, "EncryptedPackage"):
        raise FileRefused(_("The file is locked with a password. Take the password off, then send it again."))
    for media_type, names in _STREAMS.items():
        if any(_stream(content, name) for name in names):
            return media_type
    raise not_taken()


def _stream(content: bytes, name: str) -> bool:
    """Names in the directory are UTF-16 and end with a zero."""
    return f"{name}\0".encode("utf-16-le") in content


def pages_of_pdf(content: bytes) -> int:
    """Opened as a reader opens it. One that only forbids printing or changing opens for everybody and is taken."""
    import pypdfium2  # noqa: PLC0415 a tenth of a second and 8 MB, for uploads alone

    try:
        document = pypdfium2.PdfDocument(content)
        try:
            pages = len(document)
            if pages:
                document[0].close()
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            message = _("The PDF is locked with a password. Save it without a password, then send it again.")
        else:
            message = _("The PDF is damaged and does not open. Scan or save it again, then send it.")
        raise FileRefused(message) from error
    if not pages:
        raise FileRefused(_("The PDF has no page. Scan or save it again, then send it."))
    return pages


def shown_name(name: str, media_type: str) -> str:
    """What people see: no folders, no signs a system stumbles over, and the ending of what it really is."""
    stem, suffix = clean_text(_NOT_IN_NAMES.sub(" ", re.split(r"[\\/]", name)[-1])), SUFFIXES[media_type]
    ending = next((ending for ending in ENDINGS if stem.lower().endswith(ending)), "")
    stem = stem[: len(stem) - len(ending)].strip(". ") or "tai-lieu"
    return f"{stem[: LONGEST_NAME - len(suffix)]}{suffix}"

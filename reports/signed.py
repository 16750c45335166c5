"""The signed copy a clerk brings when a report is issued: it has to be a copy of this report.

A scan has no words to compare; of a PDF with words, number and symbol or the subject must stand in it.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from coordination.enums import FileNature
from coordination.models import Document, DocumentFile, Membership
from coordination.register import AlreadyThere, add_file
from coordination.uploads import PDF, CheckedFile
from coordination.workflow import MoveRefused

PAGES_READ = 2
FEW_WORDS = 40  # letters below which a page is taken for a scan


def keep_signed(document: Document, checked: CheckedFile, *, acting: Membership) -> DocumentFile:
    """In the transaction of the move. Raises MoveRefused with the field "signed"."""
    same = DocumentFile.objects.exclude(document=document).filter(sha256=checked.sha256)
    if other := same.select_related("document").first():
        words = _("This file is that of another document: %(other)s. Choose the signed copy of this report.")
        raise MoveRefused(words % {"other": other.document}, "signed")
    if not speaks_of(document, words_of_pdf(checked)):
        words = _("The file names neither %(code)s nor the title of this report. Is it that of another report?")
        raise MoveRefused(words % {"code": document.code}, "signed")
    try:
        return add_file(document, checked, FileNature.SIGNED, acting=acting)
    except AlreadyThere as error:
        raise MoveRefused(_("This file is already here. Choose another one."), "signed") from error


def words_of_pdf(checked: CheckedFile) -> str:
    """Of its first pages; "" for a scan and for what is no PDF."""
    if checked.media_type != PDF:
        return ""
    import pypdfium2  # noqa: PLC0415 a tenth of a second and 8 MB, for uploads alone

    with pypdfium2.PdfDocument(checked.content) as pdf:
        texts = [pdf[number].get_textpage().get_text_range() for number in range(min(len(pdf), PAGES_READ))]
    return "".join(texts)


def speaks_of(document: Document, words: str) -> bool:
    """Compared without spaces: a paper breaks lines where it likes."""
    found = _letters(words)
    return len(found) < FEW_WORDS or any(_letters(said) in found for said in (document.code, document.subject) if said)


def _letters(words: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", words)).casefold()

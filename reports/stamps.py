"""What is put beside the approved text of a report: which version it is, and once issued a code to check it by."""

from __future__ import annotations

import re
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from coordination.manuscript import Stamp
from coordination.models import Document, DocumentVersion
from coordination.papers import stamp_of

CODE_DIGITS, IN_A_GROUP = 20, 4  # hexadecimal: 80 bits cannot be guessed, and five groups can be typed


def code_of(version: DocumentVersion) -> str:
    """ "3f2a-91bc-07de-55a1-c0b4": the beginning of the hash of what was approved."""
    return grouped(version.sha256[:CODE_DIGITS])


def grouped(digits: str) -> str:
    return "-".join(digits[place : place + IN_A_GROUP] for place in range(0, CODE_DIGITS, IN_A_GROUP))


def digits_of(typed: str) -> str:
    """The code as people type it, without what stands between; "" for what is none."""
    digits = re.sub(r"[\s.–-]", "", typed).lower()
    return digits if re.fullmatch(rf"[0-9a-f]{{{CODE_DIGITS}}}", digits) else ""


def stamp_of_version(version: DocumentVersion) -> Stamp:
    """Of the version a report prints now."""
    stamp = replace(stamp_of(version.document), version=version.number, approved_at=version.created_at)
    if stamp.draft:
        return stamp
    code = code_of(version)
    address = f"{settings.PORTAL_URL}{reverse('reports:verification', args=[code])}"
    return replace(stamp, code=code, address=address)


def stamp_of_report(document: Document) -> Stamp:
    """A draft without a version until it is approved."""
    version = document.versions.order_by("number").last() if document.is_frozen else None
    return stamp_of_version(version) if version else stamp_of(document)

"""What tests of the composer share: a report with sections of every kind, and hats."""

from coordination.enums import Numbering
from tests import factories

WORDS, ABOVE, SECOND, PARTS, ANNEX = "words", "top", "second", "parts", "annex"


def outline(**fields):
    """Words with a figure; a section over a section; one that makes itself; an annex."""
    row = factories.outline(**fields)
    row.sections.all().delete()
    made = {}
    for position, (key, parent, heading, text, parts, is_annex) in enumerate(
        (
            (WORDS, None, "Kết quả chung", "Đã tổ chức {activities.sessions} cuộc.", [], False),
            (ABOVE, None, "Đánh giá", "", [], False),
            (SECOND, ABOVE, "Nguyên nhân", "Cán bộ kiêm nhiệm.", [], False),
            (PARTS, None, "Hình thức", "", ["table.contents", "text.kinds"], False),
            (ANNEX, None, "Danh mục hoạt động", "", ["annex.activities"], True),
        ),
        1,
    ):
        made[key] = row.sections.create(
            position=position,
            parent=made.get(parent),
            numbering=Numbering.ARABIC if parent else Numbering.ROMAN,
            heading=heading,
            text=text,
            parts=parts,
            key=key,
            is_annex=is_annex,
        )
    return row


def report(cast, **fields):
    return factories.report(cast.board, cast.province, outline=outline(), **fields)


def hat(person):
    return person.memberships.get()

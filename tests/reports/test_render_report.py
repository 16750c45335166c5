"""`render_report`: the paper straight from the records, and what it says when it cannot."""

import io
from datetime import date

import docx
import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from coordination.enums import DocumentState, SuccessionExtent, SuccessionNature
from coordination.models import Party, UnitSuccession
from reports.freeze import freeze_report
from reports.models import ReportOutline
from tests import factories

DAY = date(2026, 3, 8)


@pytest.fixture
def province(cast):
    factories.period()
    factories.outline(opening="Toàn tỉnh tổ chức {activities.sessions} cuộc.")
    cast.province.code = "QT"
    cast.province.save()
    factories.activity(cast.board, cast.commune, DAY, sessions=4)
    factories.activity(cast.union, cast.commune, DAY, sessions=3)
    return cast


def render(path, **options):
    given = {"agency": "SDTTG", "province": "QT", "period": "2026-H1", "kind": "gender-equality", "format": "pdf"}
    out = io.StringIO()
    call_command("render_report", output=str(path), stdout=out, **given | options)
    return out.getvalue()


def text_of(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join(page.get_textpage().get_text_bounded() for page in pdf).replace("\xa0", " ")


def test_an_agency_that_consolidates_counts_the_province(province, tmp_path):
    said = render(tmp_path / "bao-cao.pdf")
    assert said == f"Đã ghi {tmp_path / 'bao-cao.pdf'} ({(tmp_path / 'bao-cao.pdf').stat().st_size // 1024} kB).\n"
    text = text_of(tmp_path / "bao-cao.pdf")
    assert "Toàn tỉnh tổ chức 07 cuộc." in text
    assert "DỰ THẢO" in text


def test_the_word_file_says_the_same(province, tmp_path):
    render(tmp_path / "bao-cao.docx", format="docx")
    said = "\n".join(one.text for one in docx.Document(str(tmp_path / "bao-cao.docx")).paragraphs)
    assert "Toàn tỉnh tổ chức 07 cuộc." in said.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("options", "sessions"),
    [({"agency": "HLHPN"}, 3), ({"scope": "agency"}, 4), ({"agency": "hlhpn", "scope": "province"}, 7)],
)
def test_scope_is_that_of_the_agency_unless_it_is_given(province, tmp_path, options, sessions):
    render(tmp_path / "a.pdf", **options)
    assert f"tổ chức {sessions:02} cuộc." in text_of(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"province": "99"}, "Không có tỉnh, thành phố nào mang mã “99” vào ngày 14/06/2026."),
        ({"agency": "BDT"}, "không có cơ quan “BDT” ở tỉnh Quảng Thử; có các cơ quan: HLHPN, SDTTG, UBND."),
        ({"period": "2030-H1"}, "2030-H1"),
        ({"kind": "project8"}, "Dự án 8"),
    ],
)
def test_what_it_does_not_find_it_says_and_writes_nothing(province, tmp_path, options, said):
    with pytest.raises(CommandError) as refusal:
        render(tmp_path / "a.pdf", **options)
    assert said in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(province, tmp_path):
    (tmp_path / "tệp").write_text("không phải thư mục")
    with pytest.raises(CommandError, match="Không ghi được tệp"):
        render(tmp_path / "tệp" / "a.pdf")


def test_an_old_file_stays_whole_when_the_new_one_cannot_be_made(province, tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"old")
    monkeypatch.setattr("os.replace", lambda *_paths: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(CommandError, match="No space left"):
        render(tmp_path / "a.pdf")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"old")]


def test_the_code_is_read_on_the_last_day_of_the_period(province, tmp_path):
    """QT was another unit before 1 July 2025; its agency goes on under the same name of the province."""
    province.province.valid_from = date(2025, 7, 1)
    province.province.save()
    before = factories.province("Quảng Thử", code="QT", valid_to=date(2025, 6, 30))
    UnitSuccession.objects.create(
        predecessor=before, successor=province.province, on=date(2025, 7, 1), nature=SuccessionNature.MERGED,
        extent=SuccessionExtent.WHOLE,
    )  # fmt: skip
    factories.period("2025-H1")
    factories.activity(province.board, factories.commune(before), date(2025, 3, 8), sessions=6)
    render(tmp_path / "a.pdf", period="2025-H1")
    assert "Toàn tỉnh tổ chức 06 cuộc." in text_of(tmp_path / "a.pdf")


def test_an_approved_report_is_printed_as_it_was_approved(province, tmp_path):
    report = factories.report(province.board, province.province, scope="province", outline=ReportOutline.objects.get())
    freeze_report(report, by=province.leader)
    report.document.state = DocumentState.APPROVED
    report.document.save()
    factories.activity(province.board, province.commune, DAY, sessions=9)
    render(tmp_path / "a.pdf")
    assert "Toàn tỉnh tổ chức 07 cuộc." in text_of(tmp_path / "a.pdf")
    report.document.state, report.document.number = DocumentState.ISSUED, "87"
    report.document.issued_on = date(2026, 6, 16)
    report.document.save()
    Party.objects.create(document=report.document, agency=province.board, title="Giám đốc", name="Người Ký Thử")
    render(tmp_path / "a.pdf")
    text = text_of(tmp_path / "a.pdf")
    assert "Số: 87/BC-STN" in text
    assert "DỰ THẢO" not in text
    assert "Người Ký Thử" in text

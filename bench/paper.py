"""Papers to print: a report of twelve pages with three charts, and an annex of many rows. All numbers are made up."""

from __future__ import annotations

from datetime import date

from coordination.manuscript import (
    Annex,
    Block,
    Cell,
    Chart,
    Column,
    Head,
    Heading,
    Issuer,
    Manuscript,
    Paragraph,
    Row,
    Series,
    Signature,
    Span,
    Stamp,
    Table,
)

ROMAN = ("I", "II", "III", "IV")
STAMP = Stamp(number="87", issued_on=date(2026, 6, 16), draft=False)
SECTIONS = (
    ("Công tác lãnh đạo, chỉ đạo, tổ chức thực hiện", ("Ban hành văn bản", "Kiện toàn tổ chức", "Kiểm tra, giám sát")),
    (
        "Kết quả thực hiện các mục tiêu",
        ("Trong lĩnh vực chính trị", "Trong lĩnh vực kinh tế", "Trong đời sống gia đình"),
    ),
    ("Kết quả thực hiện Dự án 8", ("Thay đổi nếp nghĩ, cách làm", "Mô hình hỗ trợ", "Tiếng nói của phụ nữ, trẻ em")),
    ("Đánh giá chung", ("Kết quả đạt được", "Hạn chế, khó khăn", "Nguyên nhân")),
)
SENTENCES = (
    "Các cơ quan, địa phương đã tổ chức {0} cuộc truyền thông tại {1} thôn, thu hút {2} lượt người tham gia, trong đó "
    "phụ nữ chiếm trên một nửa.",
    "Tổ truyền thông cộng đồng sinh hoạt đều, phát {2} tờ rơi song ngữ và treo {1} băng rôn tại nhà văn hóa.",
    "So với cùng kỳ năm trước, số cuộc tăng {1}, tập trung ở các xã vùng cao, nơi giao thông còn khó khăn.",
    "Địa chỉ tin cậy cộng đồng tiếp nhận và hỗ trợ {1} trường hợp; không có vụ việc nào bị bỏ sót.",
    "Kinh phí được giao {2} triệu đồng, đã giải ngân {1}%, phần còn lại thực hiện trong hai quý cuối năm.",
    "Cán bộ nữ giữ chức danh chủ chốt ở {0} xã; {1} xã có kế hoạch quy hoạch, đào tạo cho nhiệm kỳ tới.",
)
CONTENTS = ("Nội dung 1: Tuyên truyền, vận động", "Nội dung 2: Mô hình kinh tế", "Nội dung 3: Tiếng nói, sự tham gia",
            "Nội dung 4: Kiến thức về giới", "Hoạt động thường xuyên")  # fmt: skip


def report(rows: int) -> Manuscript:
    """Text, three tables, three charts, and a list of activities of `rows` rows that makes up the pages."""
    blocks: list[Block] = []
    for number, (title, parts) in enumerate(SECTIONS, start=1):
        blocks.append(Heading(f"s{number}", 1, f"{ROMAN[number - 1]}.", title))
        for place, part in enumerate(parts, start=1):
            blocks.append(Heading(f"s{number}.{place}", 2, f"{place}.", part))
            blocks += _paragraphs(number, place)
        blocks += _table_and_chart(number)
    return _manuscript(tuple(blocks), rows)


def _paragraphs(number: int, place: int) -> list[Paragraph]:
    made = []
    for line in range(4):
        at = number * 7 + place * 3 + line
        spans: list[Span] = []
        for step in range(4):
            sentence = SENTENCES[(at + step) % len(SENTENCES)].format(40 + at, 10 + at + step, 1200 + 13 * at)
            spans.append(Span(sentence + " ", ref=f"activities.sessions?content=P8.{step + 1}&window=now"))
        made.append(Paragraph(f"p{number}.{place}.{line}", tuple(spans)))
    return made


def _table_and_chart(number: int) -> list[Block]:
    if number == len(SECTIONS):
        return []
    return [_table(number), _charts()[number - 1]]


def _table(number: int) -> Table:
    columns = (
        Column("Nội dung", 65, "left"), Column("Kế hoạch", 20), Column("Số cuộc", 20, group="6 tháng đầu năm"),
        Column("% kế hoạch", 20, group="6 tháng đầu năm"), Column("Cùng kỳ", 20), Column("Tăng, giảm", 20),
    )  # fmt: skip
    rows = [
        Row((Cell(name), *(Cell(str(value), value) for value in (380 - at, 208 + at, 55, 187 + number, 21 - at))))
        for at, name in enumerate(CONTENTS)
    ]
    total = Row((Cell("Tổng số"), *(Cell(str(value), value) for value in (766, 412, 54, 366, 46))), "total")
    caption = f"Bảng {number}. Số cuộc theo nội dung, so với kế hoạch năm và cùng kỳ"
    return Table(f"t{number}", columns, (*rows, total), caption=caption, unit="Đơn vị tính: cuộc")


def _charts() -> tuple[Chart, ...]:
    months, short = tuple(f"Tháng {number}" for number in range(1, 7)), tuple(f"Nội dung {n}" for n in range(1, 6))
    return (
        Chart("c1", "lines", "Hình 1. Số cuộc lũy kế cao hơn cùng kỳ", "Số cuộc lũy kế theo tháng", months,
              (Series("2026", (45, 100, 202, 289, 367, 412)), Series("2025", (49, 94, 176, 252, 320, 366)))),
        Chart("c2", "progress_bars", "Hình 2. Tiến độ kế hoạch năm", "Tiến độ theo nội dung", short,
              (Series("Đã làm", (208, 64, 60, 42, 38)), Series("Kế hoạch", (380, 120, 100, 96, 70))),
              unit="cuộc", mark=50, mark_label="mốc 50%", axis="% kế hoạch"),
        Chart("c3", "share_bars", "Hình 3. Tỷ lệ nữ trong số lượt người tham gia", "Tỷ lệ nữ theo nội dung", short,
              (Series("Tỷ lệ nữ", (58.0, 69.0, 57.0, 42.6, 51.2)),),
              unit="%", mark=50, mark_label="mốc 50%", axis="%"),
    )  # fmt: skip


def annex(rows: int) -> Annex:
    """The list of activities as a report prints it: landscape, ten columns, most rows of two lines."""
    columns = (
        Column("TT", 10, "center"), Column("Thời gian", 26, "center"), Column("Tên hoạt động", 70, "left"),
        Column("Địa bàn", 41, "left"), Column("Đơn vị chủ trì", 27, "left"), Column("Đơn vị phối hợp", 27, "left"),
        Column("Số cuộc", 11), Column("Lượt người", 14), Column("Nữ", 13, group="Trong đó"),
        Column("DTTS", 13, group="Trong đó"),
    )  # fmt: skip
    table = Table("t.list", columns, tuple(map(_list_row, range(1, rows + 1))), keep=False, small=True)
    return Annex("list", "", ("Danh mục hoạt động 6 tháng đầu năm 2026",), (table,), landscape=True)


def _list_row(number: int) -> Row:
    titles = (
        "Truyền thông phòng, chống tảo hôn và hôn nhân cận huyết thống tại thôn",
        "Tập huấn lồng ghép giới cho cán bộ xã",
        "Sinh hoạt chuyên đề của tổ truyền thông cộng đồng, chia sẻ việc nhà và nuôi con",
    )
    places = ("Sơn Hà, Sơn Hạ, Sơn Linh", "Tu Mơ Rông, Măng Ri", "Đăk Tô, Ngọk Tụ, Kon Đào", "Trà Bồng")
    words = (
        f"{number}",
        f"{1 + number % 28:02}/3/2026",
        titles[number % 3],
        places[number % 4],
        "Hội LHPN tỉnh",
        "UBND xã",
    )
    people = 40 + number % 50
    return Row((*map(Cell, words), *(Cell(str(value), value) for value in (1, people, people // 2, people // 3))))


def annex_paper(rows: int) -> Manuscript:
    """A short letter with the long list: what an office sends after a request for "the list"."""
    return _manuscript((Paragraph("p", (Span("Danh mục hoạt động nêu tại Phụ lục."),)),), rows)


def _manuscript(blocks: tuple[Block, ...], rows: int) -> Manuscript:
    return Manuscript(
        kind="gender-equality",
        profile="state-2020-03",
        title="Báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2026",
        head=Head(
            issuers=(Issuer("SỞ DÂN TỘC VÀ TÔN GIÁO", parent="UBND TỈNH"),),
            place="Buôn Ma Thuột",
            type_name="BÁO CÁO",
            subject=("Kết quả công tác bình đẳng giới vùng đồng bào dân tộc thiểu số", "6 tháng đầu năm 2026"),
            addressees=("Ủy ban nhân dân tỉnh", "Sở Nội vụ"),
        ),
        symbol="BC-SDTTG",
        attached_to="Báo cáo",
        issued_by="Sở Dân tộc và Tôn giáo",
        blocks=blocks,
        closing=(Span("Trên đây là báo cáo của Sở Dân tộc và Tôn giáo./."),),
        signatures=(Signature(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Nguyễn Thị Ngọc Ánh"),),
        recipients=("Như trên", "Hội Liên hiệp Phụ nữ tỉnh", "Lưu: VT, CSDT"),
        annexes=(annex(rows),) if rows else (),
        cutoff=date(2026, 6, 14),
    )

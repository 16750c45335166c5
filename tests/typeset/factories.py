"""A paper with every kind of block, written by hand: what the measuring tests print."""

from dataclasses import replace
from datetime import date

from coordination.manuscript import (
    Annex,
    Box,
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

ISSUED = Stamp(number="87", issued_on=date(2026, 6, 16), draft=False)
DRAFT = Stamp()
PANGRAM = "Do bạch kim rất quý nên sẽ dùng để lắp vô xương"
NAMES = (
    "Nội dung 1: Tuyên truyền, thay đổi nếp nghĩ, cách làm",
    "Nội dung 2: Mô hình nâng quyền kinh tế",
    "Nội dung 3: Tiếng nói, sự tham gia của phụ nữ, trẻ em",
    "Nội dung 4: Kiến thức về giới, lồng ghép giới",
    "Hoạt động khác về bình đẳng giới",
)
SHORT = ("Nội dung 1", "Nội dung 2", "Nội dung 3", "Nội dung 4", "Hoạt động khác")


def h(key, level, number, text):
    return Heading(key, level, number, text)


def p(key, *parts, style="body", note=""):
    """Odd parts are figures: p("k", "có ", "412", " cuộc")."""
    spans = [Span(part, ref=f"figure:{part}" if place % 2 else "") for place, part in enumerate(parts)]
    if note:
        spans.append(Span("", note=note))
    return Paragraph(key, tuple(spans), style)


def row(*texts, style="plain", **more):
    return Row(tuple(text if isinstance(text, Cell) else Cell(text, **more) for text in texts), style)


def columns(*spec):
    return tuple(Column(*one) for one in spec)


def progress_table():
    rows = [
        ("380", "208", "54,7%", "187", "tăng 21", "tăng 11,2%"),
        ("120", "64", "53,3%", "58", "tăng 6", "tăng 10,3%"),
        ("100", "60", "60,0%", "51", "tăng 9", "tăng 17,6%"),
        ("96", "42", "43,8%", "41", "tăng 1", "tăng 2,4%"),
        ("70", "38", "54,3%", "29", "tăng 9", "tăng 31,0%"),
    ]
    return Table(
        "t.progress",
        columns(
            ("Nội dung", 53, "left"),
            ("Kế hoạch năm 2026", 18),
            ("Số cuộc", 17, "right", "6 tháng đầu\nnăm 2026"),
            ("% kế hoạch", 18, "right", "6 tháng đầu\nnăm 2026"),
            ("Cùng kỳ năm 2025", 17),
            ("Số cuộc", 18, "right", "So với cùng kỳ"),
            ("Tỷ lệ", 24, "right", "So với cùng kỳ"),
        ),
        (
            *(row(Cell(name), *(Cell(text, ref=f"figure:{text}") for text in values))
              for name, values in zip(NAMES, rows, strict=True)),
            row("Tổng số", "766", "412", "53,8%", "366", "tăng 46", "tăng 12,6%", style="total"),
        ),
        caption="Bảng 1. Số cuộc theo nội dung, so với kế hoạch năm và cùng kỳ",
        unit="Đơn vị tính: cuộc",
        legend="Một dòng ghi trong sổ có thể gồm nhiều cuộc.",
    )  # fmt: skip


def stock_table():
    return Table(
        "t.stock",
        columns(
            ("TT", 10, "center"), ("Loại mô hình", 75, "left"), ("Đầu kỳ", 20), ("Cuối kỳ", 20), ("Tăng, giảm", 40)
        ),
        (
            row("1", "Địa chỉ tin cậy cộng đồng", "178", "186", "tăng 8"),
            row("", "Trong đó: theo bộ tiêu chí", "134", "141", "tăng 7", style="of"),
            row("", "hoạt động độc lập", "44", "45", "tăng 1", style="of"),
            row("2", "Mô hình hỗ trợ nạn nhân bị mua bán trở về", Cell("chưa có số liệu", span=3, emphasis="italic")),
            row("", "Tổng số", "178", "186", "tăng 8", style="total"),
        ),
        unit="Đơn vị tính: mô hình",
        small=True,
    )


def months_table():
    """Cells over two rows, as in the table by month."""
    return Table(
        "t.months",
        columns(("Nội dung", 65, "left"), ("Năm", 20, "center"), ("Số cuộc", 40), ("So với cùng kỳ", 40)),
        (
            row(Cell("Nội dung 1", rows=2), "2026", Cell("208", emphasis="bold"), Cell("tăng 21", rows=2)),
            row("2025", "187", style="of"),
            row(Cell("Nội dung 2", rows=2), "2026", Cell("64", emphasis="bold"), Cell("tăng 6", rows=2)),
            row("2025", "58", style="of"),
        ),
    )


def charts():
    lines = Chart(
        "c.lines",
        "lines",
        "Hình 1. Từ tháng 02, số cuộc lũy kế luôn cao hơn cùng kỳ;\nđến ngày 14 tháng 6 nhiều hơn 46 cuộc",
        "Số cuộc lũy kế theo tháng, năm 2026 và năm 2025",
        ("Tháng 01", "Tháng 02", "Tháng 3", "Tháng 4", "Tháng 5", "Tháng 6"),
        (Series("2026", (45, 100, 202, 289, 367, 412)), Series("2025", (49, 94, 176, 252, 320, 366))),
        source="Nguồn: Phụ lục II. Nét liền, chấm tròn: năm 2026; nét đứt, ô vuông: năm 2025.",
    )
    progress = Chart(
        "c.progress",
        "progress_bars",
        "Hình 2. Bốn trên năm nhóm hoạt động đi trước mốc 50% kế hoạch năm;\nNội dung 4 còn chậm",
        "Tiến độ thực hiện kế hoạch năm theo nội dung",
        SHORT,
        (Series("Đã làm", (208, 64, 60, 42, 38)), Series("Kế hoạch", (380, 120, 100, 96, 70))),
        source="Nguồn: Bảng 1. Thanh đậm: số cuộc đã thực hiện; khung trắng: kế hoạch năm 2026.",
        unit="cuộc",
        mark=50,
        mark_label="mốc 14/6: 50% kế hoạch năm",
        axis="% kế hoạch",
    )
    shares = Chart(
        "c.shares",
        "share_bars",
        "Hình 3. Phụ nữ chiếm trên một nửa số lượt người tham gia ở mọi nhóm,\ntrừ Nội dung 4",
        "Tỷ lệ nữ trong số lượt người tham gia theo nội dung",
        SHORT,
        (Series("Tỷ lệ nữ", (58.0, 69.0, 57.0, 42.6, None)),),
        source="Nguồn: Bảng 3. Thanh trắng: dưới mốc 50%.",
        unit="%",
        mark=50,
        mark_label="mốc 50%",
        axis="%",
    )
    return lines, progress, shares


def opening():
    return (
        p(
            "open.1",
            "Thực hiện Nghị định số 09/2019/NĐ-CP ngày 24 tháng 01 năm 2019 của Chính phủ quy định về chế độ báo cáo "
            "của cơ quan hành chính nhà nước; Nghị quyết số 28/NQ-CP ngày 03 tháng 3 năm 2021 của Chính phủ ban hành "
            "Chiến lược quốc gia về bình đẳng giới giai đoạn 2021 - 2030, Sở Dân tộc và Tôn giáo báo cáo kết quả "
            "công tác bình đẳng giới 6 tháng đầu năm 2026 như sau.",
        ),
        p(
            "open.2",
            "Số liệu hoạt động tính từ ngày 15 tháng 12 năm 2025 đến hết ngày 14 tháng 6 năm 2026. Số cùng kỳ năm "
            "2025 tính lại theo địa giới hiện nay.",
            note="Gộp số của tỉnh Quảng Ngãi và tỉnh Kon Tum trước ngày 01 tháng 7 năm 2025, quy về 96 đơn vị hành "
            "chính cấp xã. Chỉ tiêu không quy đổi được thì ghi dấu “–”.",
        ),
    )


def body():
    lines, progress, shares = charts()
    return (
        *opening(),
        h("I", 1, "I.", "Công tác lãnh đạo, chỉ đạo, tổ chức thực hiện"),
        h("I.1", 2, "1.", "Ban hành văn bản và kiện toàn tổ chức"),
        p("I.1.a", "a) Sở đã ban hành và trình cấp có thẩm quyền ban hành ", "17", " văn bản chỉ đạo, trong đó:",
          style="lead"),
        p("I.1.b", "", "05", " văn bản do Ủy ban nhân dân tỉnh ban hành, gồm 01 kế hoạch năm và 04 công văn đôn đốc "
          "việc thực hiện kế hoạch;", style="item"),
        p("I.1.c", "", "12", " văn bản do Sở ban hành.", style="last_item"),
        h("II", 1, "II.", "Kết quả ở vùng đồng bào dân tộc thiểu số"),
        h("II.1", 2, "1.", "Quy mô hoạt động"),
        h("II.1.1", 3, "1.1.", "Số cuộc theo nội dung"),
        p("II.1.a", "Toàn tỉnh tổ chức ", "412", " cuộc, so với cùng kỳ tăng ", "46", " cuộc (12,6%); thu hút ",
          "gần 1.200", " lượt người trong một hội thi. " + PANGRAM + ". Số cuộc theo nội dung nêu tại Bảng 1."),
        progress_table(),
        lines,
        progress,
        shares,
        Box("box", (Span("Danh sách 612 tổ truyền thông có trên 500 dòng nên nằm trong tệp bảng tính kèm theo."),)),
    )  # fmt: skip


def list_annex(rows=40):
    """The landscape list; every fourth title needs two lines."""
    places = ("Sơn Hà, Sơn Hạ", "Tu Mơ Rông, Măng Ri", "Đăk Tô, Ngọk Tụ, Kon Đào", "Trà Bồng")
    titles = (
        "Nói chuyện tại nhà rông về định kiến giới",
        "Phiên tòa giả định về tảo hôn",
        "Sinh hoạt chuyên đề của tổ truyền thông cộng đồng, chia sẻ việc nhà và nuôi con",
        "Tập huấn lồng ghép giới cho cán bộ xã",
    )
    return Annex(
        "list",
        "III",
        ("Danh mục hoạt động từ ngày 15 tháng 12 năm 2025 đến ngày 14 tháng 6 năm 2026",),
        (
            Table(
                "t.list",
                columns(
                    ("TT", 10, "center"),
                    ("Thời gian", 26, "center"),
                    ("Tên hoạt động", 70, "left"),
                    ("Địa bàn", 41, "left"),
                    ("Đơn vị chủ trì", 27, "left"),
                    ("Đơn vị phối hợp", 27, "left"),
                    ("Số cuộc", 11),
                    ("Lượt người", 14),
                    ("Nữ", 13, "right", "Trong đó"),
                    ("DTTS", 13, "right", "Trong đó"),
                ),
                (
                    row(Cell(NAMES[0], span=6), str(rows), "14.236", "8.049", "9.808", style="group"),
                    *(
                        row(
                            str(number),
                            "16/12 - 12/01" if number % 3 else "07/3",
                            titles[number % 4],
                            places[number % 3],
                            "Hội LHPN tỉnh",
                            "UBND xã" if number % 2 else "Sở Văn hóa, Thể thao và Du lịch",
                            "1",
                            str(40 + number % 50),
                            str(20 + number % 20),
                            "…",
                        )
                        for number in range(1, rows + 1)
                    ),
                    row(Cell("Tổng số", span=6), str(rows), "14.236", "8.049", "9.808", style="total"),
                ),
                unit="Đơn vị tính: cuộc; lượt người",
                legend="DTTS: người dân tộc thiểu số; “…”: không ghi.",
                keep=False,
            ),
        ),
        landscape=True,
    )


def report(rows=40, **changes):
    """A report of one organ with three annexes; `changes` replace fields."""
    manuscript = Manuscript(
        kind="gender-equality",
        profile="state-2020-03",
        title="Báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2026",
        head=Head(
            issuers=(Issuer("SỞ DÂN TỘC VÀ TÔN GIÁO", parent="UBND TỈNH QUẢNG NGÃI"),),
            place="Quảng Ngãi",
            type_name="BÁO CÁO",
            subject=("Kết quả công tác bình đẳng giới vùng đồng bào dân tộc thiểu số", "6 tháng đầu năm 2026"),
            addressees=("Ủy ban nhân dân tỉnh Quảng Ngãi", "Sở Nội vụ tỉnh Quảng Ngãi"),
        ),
        symbol="BC-SDTTG",
        attached_to="Báo cáo",
        issued_by="Sở Dân tộc và Tôn giáo tỉnh Quảng Ngãi",
        blocks=body(),
        closing=(Span("Trên đây là báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2026, Sở Dân tộc và Tôn "
                      "giáo kính báo cáo Ủy ban nhân dân tỉnh xem xét, tổng hợp./."),),
        signatures=(Signature(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Nguyễn Thị Ngọc Ánh"),),
        recipients=("Như trên", "Bộ Dân tộc và Tôn giáo", "Hội Liên hiệp Phụ nữ tỉnh", "Lưu: VT, CSDT"),
        annexes=(
            Annex("stock", "I", ("Mô hình đang hoạt động", "đến ngày 14 tháng 6 năm 2026"), (stock_table(),)),
            Annex("months", "II", ("Số cuộc theo nội dung và theo năm",), (months_table(),)),
            list_annex(rows),
        ),
        sample=False,
        summary="Sở Dân tộc và Tôn giáo tỉnh Quảng Ngãi, số liệu đến ngày 14/6/2026",
        cutoff=date(2026, 6, 14),
    )  # fmt: skip
    return replace(manuscript, **changes)


def joint_plan(**changes):
    """Two issuers, two signatures, one number."""
    return report(
        head=Head(
            issuers=(Issuer("HỘI LIÊN HIỆP PHỤ NỮ\nTỈNH AN GIANG"), Issuer("BAN DÂN TỘC TỈNH AN GIANG")),
            place="An Giang",
            type_name="KẾ HOẠCH PHỐI HỢP",
            subject=("Công tác giữa Hội Liên hiệp Phụ nữ tỉnh và Ban Dân tộc tỉnh An Giang", "giai đoạn 2021 - 2025"),
        ),
        symbol="KHPH-HLHPN-BDT",
        blocks=opening(),
        signatures=(
            Signature(("TM. BAN DÂN TỘC", "TRƯỞNG BAN"), "Men Pholly"),
            Signature(("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"), "Lê Bích Phượng"),
        ),
        annexes=(),
        **changes,
    )

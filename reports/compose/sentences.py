"""Paragraphs made from lists of the records: papers issued, forms of activity, contents, models, targets missed.

What the text of an outline can say with figures stands there; here is what needs a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from coordination.manuscript import Block, Paragraph, Span
from coordination.models import DocumentKind
from programs.enums import KindGroup, TargetStatus
from programs.indicator_words import fraction, value_words
from programs.models import ActivityKind, ModelKind
from programs.scoreboard import Line
from reports.compose import words
from reports.compose.annexes import STANDINGS
from reports.compose.forms import changed, compared
from reports.compose.paper import Paper
from reports.compose.results import (
    comparable_reading,
    gap_words,
    objectives_of,
    reading_of,
    was_read,
    whole_fraction,
)
from reports.figures import At, Ref
from reports.figures.papers import ABOVE, OWN

Spans = tuple[Span, ...]
MANY_FORMS = 8  # longer lists are told by groups


def say(*parts: str | Span | Spans) -> Spans:
    """Words and numbers as one run."""
    spans: list[Span] = []
    for part in parts:
        spans += [Span(part)] if isinstance(part, str) else [part] if isinstance(part, Span) else part
    return tuple(span for span in spans if span.text or span.note)


def items(key: str, lines: list[Spans]) -> list[Block]:
    """A list with "+": ";" after each line, "." after the last."""
    made: list[Block] = []
    for number, line in enumerate(lines, 1):
        last = number == len(lines)
        made.append(Paragraph(f"{key}.{number}", (*line, Span("." if last else ";")), "last_item" if last else "item"))
    return made


def lettered(key: str, lines: list[Spans]) -> list[Block]:
    """ "a) …." for several, without the mark for one alone."""
    if len(lines) == 1:
        return [Paragraph(f"{key}.1", (*_capital(lines[0]), Span(".")))]
    return [
        Paragraph(f"{key}.{number + 1}", (Span(f"{words.letter(number)}) "), *_capital(line), Span(".")))
        for number, line in enumerate(lines)
    ]


def _capital(line: Spans) -> Spans:
    first = line[0]
    return line if first.ref else (Span(words.capital(first.text), first.ref, first.note), *line[1:])


def missing(key: str, about: str) -> list[Block]:
    return [Paragraph(key, (Span(f"{about}: {words.NO_DATA}."),))]


# ---- documents ----


def papers(paper: Paper, key: str) -> list[Block]:
    """What was issued, by whom and of which kind."""
    names = dict(DocumentKind.objects.values_list("code", "name"))
    own, above = (_papers_of(paper, issuer, names) for issuer in (OWN, ABOVE))
    if not own and not above:
        return missing(key, "Văn bản chỉ đạo, hướng dẫn ban hành trong kỳ")
    total = paper.span("papers.issued")
    against = _papers_of_last_year(paper)
    if not above:
        return [Paragraph(key, say(f"{paper.own_name} đã ban hành ", total, " văn bản", against, ", gồm ", own, "."))]
    lines = [
        say(paper.span("papers.issued", issuer=ABOVE), f" văn bản do {_above(paper)} ban hành, gồm ", above),
        say(paper.span("papers.issued", issuer=OWN), f" văn bản do {paper.own_name} ban hành, gồm ", own),
    ]
    lead = say(
        f"{paper.own_name} đã ban hành và trình cấp có thẩm quyền ban hành ", total,
        " văn bản chỉ đạo, hướng dẫn", against, ", trong đó:",
    )  # fmt: skip
    return [Paragraph(key, lead, "lead"), *items(key, lines if own else lines[:1])]


def _papers_of_last_year(paper: Paper) -> Spans:
    """ " (cùng kỳ 14 văn bản, tăng 03)"."""
    change = paper.get("papers.issued", At.CHANGE).value
    if change is None:
        return ()
    before = say(" (cùng kỳ ", paper.span("papers.issued", At.LAST_YEAR), " văn bản")
    if not change:
        return say(before, ")")
    return say(before, f", {words.direction(change)} ", paper.size("papers.issued"), ")")


def _papers_of(paper: Paper, issuer: str, names: dict[str, str]) -> Spans:
    """ "02 kế hoạch, 07 công văn và 03 thông báo"."""
    found: list[Spans] = []
    for kind, _number in sorted(paper.values.papers_by(issuer), key=lambda row: -row[1]):
        name = words.lower(names[kind])
        found.append(say(paper.span("papers.issued", issuer=issuer, kind=kind), f" {name}"))
    return enumerated(found)


def _above(paper: Paper) -> str:
    parent = paper.spec.agency.parent
    return parent.name_on(paper.last_day).name if parent else ""


def enumerated(parts: list[Spans]) -> Spans:
    """ "một, hai và ba" of runs with numbers."""
    spans: list[Span] = []
    for number, part in enumerate(parts):
        if number:
            spans.append(Span(" và " if number == len(parts) - 1 else ", "))
        spans += part
    return tuple(spans)


def in_series(parts: list[Spans]) -> Spans:
    """Divided by ";": for names that have commas of their own."""
    return tuple(span for number, part in enumerate(parts) for span in ((Span("; "), *part) if number else part))


# ---- activities ----


def kinds(paper: Paper, key: str) -> list[Block]:
    """Forms of activity with their counting words, and how many came; many forms are told group by group."""
    if not paper.activity_kinds:
        return []
    grouped = len(paper.activity_kinds) > MANY_FORMS
    groups = dict.fromkeys(kind.group for kind in paper.activity_kinds)
    lines = (
        [_group_line(paper, KindGroup(group)) for group in groups]
        if grouped
        else [
            say(_form(paper, kind), _came(paper, "activities.attendances", kind=kind.code))
            for kind in paper.activity_kinds
        ]
    )
    return [Paragraph(key, (Span("Các hình thức hoạt động gồm:"),), "lead"), *items(key, lines)]


def _group_line(paper: Paper, group: KindGroup) -> Spans:
    forms = [_form(paper, kind) for kind in paper.activity_kinds if kind.group == group]
    came = _came(paper, f"{group.value}.attendances")
    if len(forms) == 1:
        return say(forms[0], came)
    total = paper.span(f"{group.value}.sessions")
    return say(total, f" cuộc {words.lower(str(group.label))}", came, " (", in_series(forms), ")")


def _form(paper: Paper, kind: ActivityKind) -> Spans:
    name = words.number_with(kind.counting_word, kind.name)
    return say(paper.span("activities.sessions", kind=kind.code), f" {name}")


def _came(paper: Paper, code: str, **axes: str) -> Spans:
    return say(" với ", paper.span(code, **axes), " lượt người tham gia") if paper.get(code, **axes) else ()


def outputs(paper: Paper, key: str) -> list[Block]:
    """What was handed out or put up."""
    found = [
        say(paper.span("outputs.quantity", output=kind.code), f" {words.number_with(kind.word, kind.name)}")
        for kind in paper.output_kinds
    ]
    if not found:
        return []
    return [Paragraph(key, say("Sản phẩm đã thực hiện, cấp phát, treo đặt gồm: ", in_series(found), "."))]


def contents(paper: Paper, key: str) -> list[Block]:
    """One paragraph a content: sessions and how they changed, who came, the share of women."""
    if not paper.get("activities.sessions"):
        return []
    lines = []
    for content in paper.content_rows:
        axes = {"content": content.code}
        if not paper.get("activities.sessions", At.NOW, **axes):
            lines.append(say(f"{words.in_sentence(content.short_name)}: {words.NO_DATA}"))
            continue
        line = say(f"{words.in_sentence(content.short_name)}: ", paper.span("activities.sessions", **axes), " cuộc")
        if more := compared(paper, Ref("activities.sessions", axes)):
            line = say(line, ", ", more)
        if paper.get("activities.attendances", At.NOW, **axes):
            line = say(line, "; ", paper.span("activities.attendances", **axes), " lượt người tham gia")
        if paper.get("activities.women_share", At.NOW, **axes):
            line = say(line, ", phụ nữ chiếm ", paper.span("activities.women_share", **axes))
        lines.append(line)
    return lettered(key, lines)


# ---- models ----


def models(paper: Paper, key: str) -> list[Block]:
    """Models in stock by kind, with their "trong đó" parts and members."""
    if not paper.model_kinds:
        return missing(key, "Mô hình ở cộng đồng")
    lines = [_model_line(paper, kind) for kind in paper.model_kinds]
    where = f" ({paper.labels['annex:models']})" if "annex:models" in paper.labels else ""
    total = paper.span("models.stock")
    more = changed(paper, Ref("models.stock"))
    year = paper.last_day.year - 1
    against = say(", ", more, f" so với cùng ngày năm {year}") if more and more[0].text != words.SAME else ()
    holds = f"{paper.territory} có " if paper.of_province else f"{paper.own_name} theo dõi "
    lead = say(
        f"Đến {paper.day(paper.last_day)}, {holds}", total, f" {model_words(paper)} đang hoạt động", against, where,
        ", trong đó:",
    )  # fmt: skip
    return [Paragraph(key, lead, "lead"), *items(key, lines)]


def model_words(paper: Paper) -> str:
    """What is counted together: "tổ, địa chỉ, câu lạc bộ và mô hình"."""
    return words.listed(list(dict.fromkeys(kind.word for kind in paper.model_kinds)))


def _model_line(paper: Paper, kind: ModelKind) -> Spans:
    axes = {"kind": kind.code}
    name = words.number_with(kind.word, kind.name)
    if not paper.get("models.stock", At.NOW, **axes):
        return say(f"{words.lower(kind.name)}: {words.NO_DATA}")
    line = say(paper.span("models.stock", **axes), f" {name}")
    change = paper.get("models.stock", At.CHANGE, **axes).value
    if change:
        line = say(line, f", {words.direction(change)} ", paper.size("models.stock", **axes))
    if parts := _parts(paper, kind):
        line = say(line, ", gồm ", parts)
    return say(line, _members(paper, kind))


def _parts(paper: Paper, kind: ModelKind) -> Spans:
    found = [
        say(paper.span("models.stock", subkind=child.code), f" {words.part_with(child.word, child.name, kind.name)}")
        for child in kind.children.all()
        if paper.get("models.stock", subkind=child.code)
    ]
    if kind.has_standing:
        found += [
            say(paper.span("models.stock", kind=kind.code, standing=standing), f" {kind.word} {name}")
            for standing, name in STANDINGS.items()
            if paper.get("models.stock", kind=kind.code, standing=standing)
        ]
    return enumerated(found)


def _members(paper: Paper, kind: ModelKind) -> Spans:
    """Only where every entry of the kind states them: a sum of some says nothing."""
    axes = {"kind": kind.code}
    members, women = (paper.get(f"models.{code}", At.NOW, **axes) for code in ("members", "women"))
    if not members.value or paper.get("models.without_members", At.NOW, **axes):
        return ()
    line = say("; ", paper.span("models.members", **axes), " thành viên")
    if women.value is None or paper.get("models.without_women", At.NOW, **axes):
        return line
    share = words.percent_vi(Decimal(100) * women.value / members.value)
    return say(line, ", trong đó ", paper.span("models.women", **axes), f" nữ ({share})")


# ---- targets ----


def tiers(paper: Paper, key: str, framework: str) -> list[Block]:
    """Indicators read by tier or post: "cấp huyện 09/13 (69,2%), cấp xã 105/173 (60,7%)"."""
    if not was_read(paper.values.judged().board, framework):
        return missing(key, "Kết quả đo lường các chỉ tiêu")
    made: list[Block] = []
    for line in _lines(paper, framework):
        read = line.readings.by_category if line.readings else {}
        named = {category.pk: category for category in line.indicator.categories.all()} if read else {}
        found = []
        for category in sorted(read, key=lambda pk: (named[pk].position, named[pk].code)):
            reading = read[category]
            if reading.value is None or not fraction(reading):
                continue
            axes = {"indicator": line.indicator.code, "category": str(category)}
            value = Span(value_words(line.indicator, reading.value), paper.ref("indicators.value", **axes))
            share = Span(fraction(reading, text=True), paper.ref("indicators.value", **axes))
            found.append(say(f"{named[category].name} ", share, " (", value, ")"))
        if found:
            text = say(f"{line.indicator.name}: ", enumerated(found), ".")
            made.append(Paragraph(f"{key}.{line.indicator.code}", text))
    return made


def _lines(paper: Paper, framework: str) -> list[Line]:
    """Indicators with readings of their own, parts of composites included."""
    lines = paper.values.judged().lines((), {"framework": framework})
    return [one for line in lines for one in (line.parts or (line,))]


def missed(paper: Paper, key: str, framework: str) -> list[Block]:
    """What was not met, how far it is from its target and how it moved; then what has no data."""
    board = paper.values.judged().board
    if not was_read(board, framework):
        return []
    lines = [_missed_line(paper, line) for line in _lines(paper, framework) if line.status == TargetStatus.NOT_MET]
    unknown = [
        line
        for objective in objectives_of(board, framework)
        for line in board.lines
        if line.indicator.objective_id == objective.pk and line.status == TargetStatus.NO_DATA
    ]
    if unknown:
        numbers = words.listed([line.indicator.number for line in unknown])
        count = paper.span("targets.unknown", framework=framework)
        lines.append(say("Chưa có số liệu để đánh giá ", count, f" chỉ tiêu: {numbers}"))
    if not lines:
        return [Paragraph(key, (Span("Các chỉ tiêu áp dụng đều đạt hoặc vượt mục tiêu đề ra."),))]
    return lettered(key, lines)


def _missed_line(paper: Paper, line: Line) -> Spans:
    axes = {"indicator": line.indicator.code}
    value = line.value
    assert value is not None  # noqa: S101  not met means that it was read
    shown = Span(value_words(line.indicator, value), paper.ref("indicators.value", **axes))
    reading = reading_of(paper, line, At.NOW)
    parts = whole_fraction(reading) if reading else ""
    verb = "đạt" if line.indicator.measured_in == "%" else "là"
    sentence = say(f"{line.indicator.name} {verb} ", shown, f" ({parts})" if parts else "", f", {gap_words(line)}")
    return say(sentence, _moved(paper, line))


def _moved(paper: Paper, line: Line) -> Spans:
    """ "; tăng 1,4 điểm phần trăm so với cùng kỳ", where last year can be compared."""
    now, before = reading_of(paper, line, At.NOW), comparable_reading(paper, line)
    if not now or not before or now.value is None or before.value is None:
        return ()
    gap = now.value - before.value
    if words.number_vi(abs(gap), 1) == "0,0":
        return say(f"; {words.SAME}")
    unit = " điểm phần trăm" if line.indicator.measured_in == "%" else ""
    ref = paper.ref("indicators.value", At.CHANGE, indicator=line.indicator.code)
    size = Span(words.number_vi(abs(gap), 1), ref)
    return say(f"; {words.direction(gap)} ", size, f"{unit} {words.AGAINST_LAST_YEAR}")


Sentence = Callable[..., list[Block]]
SENTENCES: dict[str, Sentence] = {
    "papers": papers,
    "kinds": kinds,
    "outputs": outputs,
    "contents": contents,
    "models": models,
    "tiers": tiers,
    "missed": missed,
}

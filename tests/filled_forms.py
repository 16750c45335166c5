"""What a browser sends from a form of a page, with what a person would type into it."""

from tests.pages import Page

ANY = "*"  # of a list: the first choice that says something
KEPT = {"hidden", "text", "number", "email", "search", "url", "tel", "date", "password", ""}


def filled(answer, url, typed):
    """Name → values: as the form that goes to `url` stands on the page, and `typed` over it; None without one."""
    page = Page(answer)
    form = next((form for form in page.all("form") if goes_to(form, answer, url)), None)
    if form is None:
        return None
    sent = {}
    for element in page.elements:
        name = element.attributes.get("name")
        belongs = any(parent is form for parent in element.parents) or (
            element.attributes.get("form") and element.attributes["form"] == form.attributes.get("id")
        )
        if name and belongs and "disabled" not in element.attributes:
            for value in values_of(element, page):
                sent.setdefault(name, []).append(value)
    chosen = {name: first_choice(page, name) if value == ANY else value for name, value in typed.items()}
    return sent | {name: value if isinstance(value, list) else [value] for name, value in chosen.items()}


def first_choice(page, name):
    radios = [radio for radio in page.all("input") if radio.attributes.get("name") == name]
    if radios:
        return next(radio.attributes["value"] for radio in radios if radio.attributes["value"])
    select = page.one("select", name=name)
    options = [option for option in page.all("option") if any(parent is select for parent in option.parents)]
    return next(option.attributes["value"] for option in options if option.attributes["value"])


def goes_to(form, answer, url):
    action = form.attributes.get("action") or answer.request["PATH_INFO"]
    return form.attributes.get("method", "get").lower() == "post" and action.partition("?")[0] == url.partition("?")[0]


def values_of(element, page):
    kind = element.attributes.get("type", "")
    if element.tag == "textarea":
        return [element.text]
    if element.tag == "select":
        options = [option for option in page.all("option") if any(parent is element for parent in option.parents)]
        chosen = [option for option in options if "selected" in option.attributes]
        if not chosen and "multiple" not in element.attributes:
            chosen = options[:1]
        return [option.attributes.get("value", option.text) for option in chosen]
    if element.tag == "input" and kind in {"checkbox", "radio"}:
        return [element.attributes.get("value", "on")] if "checked" in element.attributes else []
    return [element.attributes.get("value", "")] if element.tag == "input" and kind in KEPT else []


# Where the form of an address may stand beside its own page: the other, and how many words of the address it takes.
FORM_STANDS_ON = {
    "coordination:opinion_give": [("coordination:document_review", 1)],
    "coordination:comment_add": [("coordination:document_review", 1)],
    "reports:outline_next": [("reports:outline_detail", 1)],
    "reports:section_move": [("reports:outline_detail", 1)],
    "coordination:round_open": [("coordination:document_review", 1)],
    "coordination:hand_over_take": [("coordination:hand_over_detail", 1)],
    "coordination:import_write": [("coordination:import_detail", 1)],
    "coordination:document_arrive": [("coordination:document_detail", 1)],
    "programs:item_answer": [("programs:item_detail", 1)],
    "programs:difficulty_add": [("programs:item_detail", 1)],
    "reports:report_move": [("reports:report_detail", 1)],
    "reports:round_answer": [("reports:round_detail", 1)],
    "reports:round_consolidate": [("reports:round_detail", 1)],
    "reports:round_remind": [("reports:round_owed", 1)],
    "reports:round_insert": [("reports:round_texts", 1)],
    "reports:report_preview": [("reports:report_detail", 1)],
    "reports:report_later": [("reports:report_since", 1)],
}
NAME = {"name": "Sở Mới", "short_name": "Sở Mới", "symbol": "SM", "place": "Quảng Thử"}
DECIDED = {"on": "20/06/2026", "decided_by": "Quyết định 5/QĐ-UBND", "confirmed": "1"}
# What a person types over what the form shows, "{board.pk}" being a key of the stage. Others are sent as they open.
TYPED = {
    "reports:report_later": {"nature": "supplement"},
    "reports:report_unlock": {"reference": "HD-KHOA", "reason": "Ghi nhầm xã"},
    "coordination:agreement_create": {
        "subject": "Kế hoạch",
        "kind": ANY,
        "stage_from": "01/01/2027",
        "stage_to": "31/12/2027",
        "party_1": "{board.pk}",
        "party_2": "{union.pk}",
    },
    "coordination:agreement_move": {
        "number": "77",
        "issued_on": "19/06/2026",
        "effective_on": "20/06/2026",
        "decision": "Quyết định 5/QĐ-UBND",
        "comment": "Theo quyết định",
    },
    "coordination:opinion_give": {"choice": "agrees"},
    "coordination:comment_add": {"text": "Đề nghị ghi rõ kinh phí."},
    "coordination:round_open": {"due_on": "30/06/2026"},
    "coordination:comment_move": {"version": "1"},
    "coordination:invitation_create": {"email": "moi2@example.vn", "full_name": "Người mới", "role": "officer"},
    "coordination:member_edit": {"position_title": "Phó phòng", "reason": "Gõ nhầm"},
    "coordination:member_end": {"when": "now", "reason": "Chuyển công tác"},
    "coordination:agency_create": {**NAME, "since": "19/06/2026"},
    "coordination:agency_rename": {**NAME, **DECIDED},
    "coordination:agency_merge": {**NAME, **DECIDED, "other0": ANY},
    "coordination:agency_split": {
        **DECIDED,
        **{f"part0_{column}": words for column, words in NAME.items()},
        **{f"part1_{column}": f"{words} 2" for column, words in NAME.items()},
    },
    "coordination:agency_close": DECIDED,
    "coordination:agency_order": {"place_{board.pk}": "99"},
    "coordination:agency_edit": {"protocol_order": "99", "reason": "Gõ nhầm"},
    "coordination:agency_name_edit": {"name": "Sở Dân tộc", "reason": "Gõ nhầm"},
    "coordination:unit_correct": {"name": "Ba Thử Mới", "reason": "Gõ nhầm"},
    "programs:assignment_withdraw": {"reason": "Nhập hai lần"},
    "programs:assignment_create": {
        "row0-text": "Báo cáo",
        "row0-due_on": "30/07/2026",
        "everyone": "{union.pk}",
    },
    "programs:response_answer": {"progress": "Đang làm"},
    "programs:plan_text": {"opening": "Thực hiện thỏa thuận."},
    "programs:plan_move": {"effective_on": "20/06/2026", "decision": "Quyết định 5/QĐ-UBND", "comment": "Tạm dừng"},
    "programs:item_create": {"text": "Tập huấn", "component": ANY, "reason": "Bổ sung"},
    "programs:item_edit": {"quantity": "9", "reason": "Thêm xã"},
    "programs:item_remove": {"reason": "Hết kinh phí"},
    "programs:item_answer": {"answer": "asks", "text": "Đề nghị thêm một xã."},
    "programs:difficulty_add": {"text": "Thiếu báo cáo viên"},
    "programs:difficulty_edit": {"solved_on": "20/06/2026", "solution": "Mời thêm người"},
    "programs:activity_keep": {"title": "Đang viết", "form_token": "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"},
    "programs:activity_keep_files": {"title": "Đang viết", "form_token": "0b0e0a52-5f5c-4d5e-9d3f-0d9f3c1c7a10"},
    "programs:activity_edit_keep": {"title": "Đang viết"},
    "programs:request_create": {"text": "120 người, không phải 112"},
    "programs:activity_correct": {"sessions": "2", "reason": "Đếm sót"},
    "reports:report_move": {
        "number": "78",
        "issued_on": "19/06/2026",
        "comment": "Thiếu phụ lục 3",
        "reason_1": "Thiếu phụ lục 3",
        "due_on": "20/06/2026",
        "also_asked": "{union.pk}",
    },
    "reports:write_section": {"text": "Câu mới."},
    "reports:write_keep": {"text": "Câu mới.", "version": "0"},
    "reports:write_part": {"part": "text.kinds", "out": "1"},
    "reports:write_start": {"how": "records"},
    "reports:write_give": {"agency": "{union.pk}", "due_on": "30/06/2026", "request": "Nêu rõ nguyên nhân"},
    "reports:write_states": {"state": "", "version": "1"},
    "reports:report_checks": {"reason": "Đã đối chiếu"},
    "reports:report_create": {"kind": ANY, "period": ANY},
    "reports:outline_create": {"kind": ANY, "name": "Chuyên đề lao động nữ"},
    "reports:outline_edit": {"subject": "Kết quả mới"},
    "reports:section_create": {"heading": "Mục mới", "guidance": "Viết một đoạn"},
    "reports:section_edit": {"heading": "Kết quả chung"},
    "reports:round_create": {"kind": ANY, "period": ANY, "everyone": "{union.pk}", "due_sender": "30/06/2026"},
    "reports:round_ask_more": {"everyone": "{culture.pk}"},
    "reports:round_edit": {"due_sender": "30/06/2026"},
    "reports:round_insert": {"section": "i", "agency": "{union.uid}"},
    "reports:seat_extend": {"due_on": "30/06/2026", "reason": "Bão số 3"},
    "reports:seat_leave_out": {"reason": "Chưa có số liệu"},
    "coordination:member_deputise": {"deputy": ANY, "valid_from": "20/06/2026", "valid_to": "30/06/2026"},
    "coordination:unit_change": {
        "on": "20/06/2026",
        "legal_document": "Nghị quyết 5/NQ-HĐND",
        "new": "xã Ba Thử Mới, 00099",
        "confirmed": "1",
    },
    "coordination:agreement_register": {
        "kind": ANY,
        "subject": "Kế hoạch",
        "number": "79",
        "issued_on": "19/06/2026",
        "stage_from": "2026",
        "stage_to": "2030",
        "party_1": "{board.pk}",
        "party_2": "{union.pk}",
        "register_agency": "{board.pk}",
    },
    "coordination:document_create": {
        "kind": ANY,
        "subject": "Công văn",
        "number": "79",
        "issued_on": "19/06/2026",
        "issuer": "{culture.pk}",
        "arrival_number": "5",
        "arrived_on": "20/06/2026",
    },
    "programs:activity_create": {
        "title": "Truyền thông",
        "kind": ANY,
        "component": ANY,
        "starts_on": "08/06/2026",
        "unit": "{commune.pk}",
    },
    "programs:model_create": {
        "name": "Tổ Ba",
        "kind": ANY,
        "unit": "{commune.pk}",
        "nature": "new",
        "counted_on": "08/06/2026",
        "quantity": "1",
    },
    "programs:model_event_create": {"nature": "strengthened", "counted_on": "08/06/2026", "quantity": "1"},
    "programs:model_event_correct": {"quantity": "2", "reason": "Đếm sót"},
    "programs:measurement_correct": {"value": "61", "reason": "Đếm sót"},
    "programs:budget_readings": {"paid_{component.pk}_central": "1234567"},
    "programs:budget_entry_correct": {"amount_vnd": "1234567", "reason": "Gõ nhầm"},
    "programs:target_create": {"year": "2027", "value": "60", "decision": "Kế hoạch 12/KH-UBND"},
    "programs:target_edit": {"value": "65", "decision": "Kế hoạch 12/KH-UBND"},
    "programs:rules_edit": {"unusual_percent": "30"},
    "programs:definition_create": {"text": "Cách hiểu", "source": "Thông tư"},
    "programs:budget_decision": {"content": ANY, "amount_vnd": "1000000", "counted_on": "19/06/2026", "year": "2026"},
}

# Rows whose form saves nothing as it is sent here, and why.
SAVES_NOTHING = {
    # nobody may do this to the record as it is
    "coordination:milestone_result milestone_in_review post",
    "coordination:switch_hat post",
    "programs:activity_delete activity post",
    # there is nothing to do for the record as it is
    "coordination:round_open review post",
    "reports:report_paper issued_report_paper post",
    "coordination:round_open review_of_draft post",
    "programs:activity_edit frozen_activity post",
    "programs:activity_correct activity post",
    "programs:model_event_correct event post",
    "programs:measurement_correct reading post",
    "programs:budget_entry_correct money post",
    "reports:report_retry issued_report post",
    # a file, a second step or a row for each target: tried in the tests of the page
    "coordination:document_upload document post",
    "coordination:document_upload draft_document post",
    "coordination:invitation_bulk agency post",
    "coordination:import_create sheet post",
    "coordination:import_create sheet_of_agencies post",
    "programs:evidence_add carrier_of_evidence post",
    "programs:evidence_add answer_to_prove post",
    "programs:measurement_grid post",
}

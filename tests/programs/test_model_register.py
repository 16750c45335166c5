"""The register by recognition and with the changes of a span; tasks of events; corrections others ask for."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.enums import ModelNature, RequestNature
from programs.models import CorrectionRequest, RecognitionTag
from tests import factories
from tests.pages import Page
from tests.programs import plans
from tests.programs.sheet_files import grid_of

DAY = date(2026, 3, 8)
SUMS_APART = "không cộng các dòng này"


@pytest.fixture
def tags(db):
    return [
        RecognitionTag.objects.create(code=code, name=name)
        for code, name in (("p8", "Dự án 8"), ("union", "Hội LHPN"))
    ]


@pytest.fixture
def accounts(cast, tags):
    """Five models both programmes recognise, three one does, two (of a kind below) none."""
    below = factories.model_kind("school", name="Trong trường", parent=factories.model_kind())
    made = []
    for name, quantity, named, fields in (
        ("Cả hai", 5, tags, {}), ("Một", 3, tags[:1], {"kind": below}), ("Chưa", 2, [], {"kind": below}),
    ):  # fmt: skip
        account = factories.community_model(cast.board, cast.commune, name=name, **fields)
        account.tags.set(named)
        factories.model_event(account, DAY, nature=ModelNature.OPENING, quantity=quantity, members=quantity * 10)
        made.append(account)
    return made


def shown(client, **query):
    return client.get(reverse("programs:model_list"), {"day": "30/6/2026"} | query)


def detail(client, account):
    return client.get(reverse("programs:model_detail", args=[account.uid]))


def freeze(fact):
    type(fact).objects.filter(pk=fact.pk).update(locked_at=timezone.now())


# ---- recognition


@pytest.mark.parametrize(("tag", "names"), [("p8", ["Cả hai", "Một"]), ("union", ["Cả hai"]), ("", None)])
def test_tag_narrows_the_list_and_its_sums(client, cast, accounts, tag, names):
    client.force_login(cast.officer)
    page = shown(client, tag=tag)
    names = names or ["Cả hai", "Chưa", "Một"]
    assert sorted(account.name for account in page.context["page"]) == sorted(names)
    held = {"Cả hai": 5, "Một": 3, "Chưa": 2}
    assert page.context["summary"][0].numbers["quantity"] == sum(held[name] for name in names)
    assert [chip["words"] for chip in page.context["filter"].active()] == (
        [dict(page.context["filter"].form.fields["tag"].choices)[tag]] if tag else []
    )


def test_a_line_of_each_programme_stands_under_its_kind(client, cast, accounts):
    client.force_login(cast.officer)
    page = shown(client)
    [line] = page.context["summary"]
    recognised = {part.label: (part.numbers["quantity"], part.numbers["members"]) for part in line.recognised}
    assert line.numbers["quantity"] == 10
    assert recognised == {"Dự án 8": (8, 80), "Hội LHPN": (5, 50)}
    assert SUMS_APART in page.text
    accounts[0].tags.clear()
    accounts[1].tags.clear()
    assert SUMS_APART not in shown(client).text


def test_other_names_of_a_kind_stand_beside_it(client, cast, accounts):
    kind = factories.model_kind()
    kind.aliases = "tổ tuyên truyền; tổ TTCĐ"
    kind.save()
    client.force_login(cast.officer)
    assert "còn gọi: tổ tuyên truyền; tổ TTCĐ" in " ".join(Page(shown(client)).texts("div"))
    form = client.get(reverse("programs:model_create"))
    assert "Tổ truyền thông cộng đồng (tổ tuyên truyền)" in Page(form).texts("option")


def test_programmes_are_a_column_of_the_export(client, cast, accounts):
    client.force_login(cast.officer)
    answer = client.get(reverse("programs:model_export"), {"day": "30/6/2026", "tag": "p8"})
    grid = grid_of(answer.content)
    column = grid[5].index("Chương trình công nhận") if "Chương trình công nhận" in grid[5] else -1
    assert {line[0]: set(line[column].split("; ")) for line in grid[6:]} == {
        "Cả hai": {"Dự án 8", "Hội LHPN"},
        "Một": {"Dự án 8"},
    }


# ---- changes of a span


def test_flows_of_a_span_lead_from_the_stock_before_to_that_of_the_day(client, cast, accounts):
    first = accounts[0]
    for day, nature, quantity in (
        (date(2026, 3, 31), ModelNature.NEW, 100),
        (date(2026, 4, 1), ModelNature.NEW, 4),
        (date(2026, 4, 2), ModelNature.STRENGTHENED, 5),
        (date(2026, 6, 30), ModelNature.DISSOLVED, -1),
        (date(2026, 7, 1), ModelNature.DISSOLVED, -7),
    ):
        factories.model_event(first, day, nature=nature, quantity=quantity)
    client.force_login(cast.officer)
    page = shown(client, since="1/4/2026")
    [line] = page.context["summary"]
    flows = {nature: number for nature, number in line.flows.items() if number is not None}
    assert (line.before, flows, line.numbers["quantity"]) == (
        110, {ModelNature.NEW: 4, ModelNature.DISSOLVED: -1, ModelNature.STRENGTHENED: 5}, 113,
    )  # fmt: skip
    [row] = [element.text for element in Page(page).all("tr") if element.within(class_="flows")][1:]
    assert row.removeprefix(line.label).split() == ["110", "–", "4", "−1", "–", "5", "–", "113"]
    assert Page(shown(client)).all("table", class_="flows") == []


def test_a_span_that_ends_before_it_begins_is_refused_beside_the_table(client, cast, accounts):
    client.force_login(cast.officer)
    page = shown(client, since="1/7/2026")
    assert list(page.context["filter"].form.errors) == ["since"]
    assert page.context["since"] is None
    swap = client.get(
        reverse("programs:model_list"), {"day": "30/6/2026", "since": "1/7/2026"}, headers={"HX-Request": "true"}
    )
    [error] = page.context["filter"].form.errors["since"]
    assert error in swap.text
    assert len(page.context["page"].object_list) == len(accounts)


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_list_with_tags_and_flows_takes_ten_queries(client, cast, tags, django_assert_num_queries, rows):
    for number in range(rows):
        account = factories.community_model(cast.board, cast.commune, name=f"Tổ {number}")
        account.tags.set(tags)
        factories.model_event(account, DAY, members=5)
    client.force_login(cast.officer)
    shown(client)  # the first page writes the session
    with django_assert_num_queries(10):
        page = shown(client, since="1/1/2026", tag="p8")
    assert page.context["summary"][0].flows[ModelNature.NEW] == rows


# ---- the task of the plan an event belongs to


def test_task_of_an_event_is_hidden_from_who_may_not_read_its_plan(client, cast, accounts):
    item = plans.own_plan(cast, items=[plans.line(cast, "Lập tổ ở 3 thôn", partners=[])]).items.get()
    factories.model_event(accounts[0], DAY, plan_item=item)
    seen = {}
    for person in ("officer", "chair"):
        client.force_login(getattr(cast, person))
        page = detail(client, accounts[0])
        assert page.context["account"] == accounts[0]
        seen[person] = ("Lập tổ ở 3 thôn" in page.text, str(item.uid) in page.text)
    assert seen == {"officer": (True, True), "chair": (False, False)}


# ---- corrections asked for


def facts_of(cast, accounts):
    """Kind in the address, the fact, and the page it stands on."""
    reading = factories.measurement(cast.board, cast.province)
    entry = factories.budget_entry(cast.board, cast.province)
    return {
        "models": (accounts[0].events.get(), reverse("programs:model_detail", args=[accounts[0].uid])),
        "indicators": (reading, reverse("programs:measurement_list", args=[reading.indicator.code])),
        "budget": (entry, reverse("programs:budget_entry", args=[entry.uid])),
    }


@pytest.mark.parametrize("kind", ["models", "indicators", "budget"])
def test_others_ask_for_a_correction_where_the_owner_adds_it(client, cast, accounts, kind):
    fact, url = facts_of(cast, accounts)[kind]
    ask = reverse("programs:request_create", args=[kind, fact.uid])

    def offered(person):
        client.force_login(getattr(cast, person))
        page = client.get(url)
        return any(link.attributes.get("href") == ask for link in Page(page).all("a"))

    assert [offered(person) for person in ("officer", "chair")] == [False, False]
    freeze(fact)
    assert [offered(person) for person in ("officer", "chair")] == [False, True]
    assert client.get(ask).status_code == 200


@pytest.mark.parametrize(
    ("kind", "field"), [("models", "model_event"), ("indicators", "measurement"), ("budget", "budget_entry")]
)
def test_what_is_asked_stands_on_the_page_and_its_owner_answers(client, cast, accounts, kind, field):
    fact, url = facts_of(cast, accounts)[kind]
    freeze(fact)
    asked = CorrectionRequest.objects.create(
        agency=cast.committee, text="Số này chưa khớp báo cáo", asked_by=cast.chair, **{field: fact}
    )
    assert asked.nature == RequestNature.CORRECTION
    answer = reverse("programs:request_answer", args=[asked.uid])
    seen = {}
    for person in ("officer", "chair"):
        client.force_login(getattr(cast, person))
        page = client.get(url)
        links = [link.attributes.get("href") for link in Page(page).all("a")]
        seen[person] = ("Số này chưa khớp báo cáo" in page.text, answer in links)
    assert seen == {"officer": (True, True), "chair": (True, False)}

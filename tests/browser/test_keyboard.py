"""Without a mouse: Tab reaches what a page is for, and what has the focus can be seen (WCAG 2.1.1, 2.4.7, 2.4.11)."""

from tests.browser import stage as scene
from tests.browser.conftest import PHONE, sign_in

MOST = 150  # no page asks for more steps on the way to its main action
# The element with the focus: has it an outline, and is its middle free of the bars? (Tall regions have no middle;
# of a link over two lines the middle is its paragraph's.)
FOCUS = """(wanted) => {
  const element = document.activeElement;
  const shown = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") ?? element : element;
  const box = shown.getBoundingClientRect();
  const on_top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const ring = [element, shown, shown.lastElementChild].filter(Boolean).some((one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  return {
    name: `${element.tagName} ${element.name ?? ""} ${element.textContent.trim().slice(0, 40)}`,
    reached: element.matches(wanted),
    seen: ring,
    uncovered: box.height > innerHeight || shown.contains(on_top) || on_top?.contains(shown) === true,
  };
}"""


def walked(page, address, wanted):
    """Steps with Tab until `wanted` has the focus; what is wrong on the way, in words."""
    page.goto(address)
    wrong = []
    for _step in range(MOST):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS, wanted)
        wrong += [f"{address}: focus not {word}: {focus['name']}" for word in ("seen", "uncovered") if not focus[word]]
        if focus["reached"]:
            return wrong
    return [*wrong, f"{address}: {wanted} is not reached"]


def test_tab_reaches_the_main_action_of_each_kind_of_page(opened, lists, cast):
    stage = scene.set_up(cast)
    page = opened(PHONE)
    wrong = walked(page, "/accounts/login/", "main form button:not([type=button])")
    sign_in(page, cast.officer)
    wrong += walked(page, "/", "main a[href='/activities/new/']")
    wrong += walked(page, "/activities/?since=&until=", f"a[href='/activities/{stage.frozen.uid}/']")
    wrong += walked(page, "/activities/new/", "button[name=record]")
    wrong += walked(page, f"/models/{stage.model.uid}/", "main a[href$='/events/new/']")
    wrong += walked(page, "/indicators/readings/?day=14/06/2026", "input[name$=-numerator]")
    wrong += walked(page, f"/reports/{stage.issued.uid}/", "main a[href*='/files/']")
    wrong += walked(page, f"/reports/{stage.issued.uid}/", "main a[href*='/figure/']")
    assert wrong == []


def test_enter_opens_and_escape_closes_a_menu(opened, cast, transactional_db):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    menu = page.locator(".tabbar details")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Đăng xuất").wait_for()
    page.keyboard.press("Escape")
    menu.get_by_role("button", name="Đăng xuất").wait_for(state="hidden")
    assert menu.locator("summary").evaluate("summary => summary === document.activeElement")


def test_the_first_tab_leads_past_the_navigation(opened, cast, transactional_db):
    page = opened(PHONE)
    sign_in(page, cast.officer)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"

"""What a browser sends when a page is sent as it stands."""

from tests.pages import Page


def filled(answer, form_id):
    """Values of the controls of one form by name; buttons are pressed by the test."""
    values = {}
    page = Page(answer)
    for control in page.all():
        name = control.attributes.get("name")
        if not name or not control.within(id=form_id) or control.tag == "button":
            continue
        if control.tag == "textarea":
            values[name] = "".join(control.words).removeprefix("\n")
        elif control.tag == "select":
            values[name] = chosen_in(page, control)
        elif control.attributes.get("type") not in ("checkbox", "radio"):
            values[name] = control.attributes.get("value", "")
        elif "checked" in control.attributes:
            values.setdefault(name, []).append(control.attributes.get("value", "on"))
    return values


def chosen_in(page, select):
    """The option marked, else the first one."""
    options = [one for one in page.all("option") if any(parent is select for parent in one.parents)]
    marked = [one for one in options if "selected" in one.attributes]
    return (marked or options)[0].attributes["value"]

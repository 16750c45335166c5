// Comforts only: every page works without this file.

// Menus are <details>: a click elsewhere or Esc closes them.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A button that shows what is typed into the password field it names; hidden where scripts do not run.
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
  });
}

// A request of htmx that failed says so where messages stand; what was typed stays in the form.
const messages = document.getElementById("messages");
const failed = document.getElementById("request-failed");
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => {
    messages.replaceChildren(failed.content.cloneNode(true));
    messages.scrollIntoView({ block: "center" });
  });
}
document.body.addEventListener("htmx:beforeRequest", () => {
  if (messages.querySelector(".note-bad")) messages.replaceChildren();
});

// A button beside a day that is typed: it opens the browser's own calendar.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-calendar]");
  if (!button) return;
  const field = document.getElementById(button.dataset.calendar);
  const calendar = document.createElement("input");
  calendar.type = "date";
  calendar.className = "calendar-behind";
  calendar.tabIndex = -1;
  calendar.setAttribute("aria-hidden", "true");
  const typed = field.value.match(/^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/);
  if (typed) calendar.value = `${typed[3]}-${typed[2].padStart(2, "0")}-${typed[1].padStart(2, "0")}`;
  calendar.addEventListener("change", () => {
    field.value = calendar.value.split("-").reverse().join("/");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  calendar.addEventListener("blur", () => calendar.remove());
  button.before(calendar);
  calendar.focus();
  calendar.showPicker();
});
const showCalendars = () => {
  for (const button of document.querySelectorAll("[data-calendar]")) button.hidden = false;
};
showCalendars();
document.body.addEventListener("htmx:afterSettle", showCalendars);

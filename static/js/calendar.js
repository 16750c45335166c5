// A button beside a day that is typed: it opens the browser's own calendar. Days are typed where scripts do not run.

const showButtons = () => {
  for (const button of document.querySelectorAll("[data-calendar]")) button.hidden = false;
};
showButtons();
document.body.addEventListener("htmx:afterSettle", showButtons);

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
  calendar.addEventListener("blur", () => {
    calendar.remove();
    field.focus();
  });
  button.before(calendar);
  calendar.focus();
  calendar.showPicker();
});

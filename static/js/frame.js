// Comforts only: every page works without this file. Elements are looked up when needed: htmx may have drawn new ones.

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
const messages = () => document.getElementById("messages");
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    messages().replaceChildren(document.getElementById("request-failed").content.cloneNode(true));
    messages().scrollIntoView({ block: "center" });
  });
}
document.addEventListener("htmx:beforeRequest", () => {
  if (messages().querySelector(".note-bad")) messages().replaceChildren();
});

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
const say = (template) => {
  const words = document.getElementById(template).content.cloneNode(true);
  if (messages().textContent.trim() === words.textContent.trim()) return; // a page that asks again and again says it once
  messages().replaceChildren(words);
  messages().scrollIntoView({ block: "center" });
};
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => say("request-failed"));

// A session that ended takes the token of the form with it. Whoever has signed in again in another tab, in the same
// role, sends the form once more with the token of the new session; until then nothing typed is lost.
const band = (page) => page.querySelector(".band")?.textContent.replace(/\s+/g, " ");
async function freshToken() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return band(page) === band(document) ? page.querySelector("[name=csrfmiddlewaretoken]")?.value : undefined;
}
function toSignIn() {
  const page = document.getElementById("session-ended").content.querySelector("a").href;
  location.assign(`${page}?next=${encodeURIComponent(location.pathname + location.search)}`);
}
document.addEventListener("htmx:responseError", async ({ detail: { xhr, requestConfig } }) => {
  if (xhr.getResponseHeader("X-Session") !== "ended") return say("request-failed");
  if (!document.querySelector("main form[method=post]")) return toSignIn();
  const token = requestConfig.verb === "post" && (await freshToken().catch(() => undefined));
  if (!token) return say("session-ended");
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  // The same button: what it is called is part of what is sent. What saves itself is sent with the next change.
  requestConfig.triggeringEvent?.submitter?.click();
});

// htmx overlooks a button that stands outside its form (form="…"): without its name a draft would be recorded.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const button = detail.triggeringEvent?.submitter;
  if (button?.name && !detail.formData.has(button.name)) detail.formData.append(button.name, button.value);
});

// The title says what the page came back with, as it does where the whole page is drawn.
document.addEventListener("htmx:afterSettle", () => {
  const error = document.documentElement.dataset.error;
  if (document.querySelector(".errsum") && !document.title.startsWith(error)) document.title = `${error} ${document.title}`;
});
document.addEventListener("htmx:beforeRequest", () => {
  if (messages().querySelector(".note-bad")) messages().replaceChildren();
});

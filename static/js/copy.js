// A button that copies a text area of the page; where scripts do not run the text is selected by hand.

for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  text.select();
  await navigator.clipboard?.writeText(text.value); // on an address without https the text stays selected
  const said = document.querySelector(`[data-copied-from="${text.id}"]`);
  said.hidden = !navigator.clipboard;
});

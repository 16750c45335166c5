// “Insert” puts its words where the text is being written. Without this file the button sends the form, which puts them
// at the end of the text.

let place = null; // where the caret stood when the text was left

const textOf = (button) => document.getElementById(button.dataset.insertInto);

document.addEventListener("focusout", (event) => {
  if (event.target.matches(".write-text")) place = [event.target.selectionStart, event.target.selectionEnd];
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-into]");
  const text = button && textOf(button);
  if (!text) return;
  event.preventDefault();
  const [start, end] = place ?? [text.value.length, text.value.length];
  const words = button.value;
  const before = text.value.slice(0, start);
  const isFigure = words.startsWith("{");
  const gap = before === "" || /\n\n$/.test(before) ? "" : isFigure ? (/\s$/.test(before) ? "" : " ") : "\n\n";
  text.setRangeText(gap + words, start, end, "end");
  place = [text.selectionEnd, text.selectionEnd];
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
});

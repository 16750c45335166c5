// A block copied in Excel fills the cells of a grid from the focused one on, to the right and down. What is pasted is
// only written into the fields, as text: the server reads the numbers, and nothing is saved until people press Save.
// The page marks the grid (data-paste), its rows (data-paste-row) and cells (data-paste-cell); without scripts people
// type. Grids are looked up when needed: htmx may have drawn new ones.

// Excel separates cells by tabs and rows by line ends, and quotes a cell that holds either of them.
const readBlock = (text) => {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/g)) {
    rows.at(-1).push((quoted?.replaceAll('""', '"') ?? plain).replace(/\s+/g, " ").trim());
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  if (rows.length > 1 && rows.at(-1).join("") === "") rows.pop(); // Excel ends the last row too
  return rows;
};

const controlIn = (cell) => cell?.querySelector("input:not([type=hidden]):enabled, select:enabled, textarea:enabled");

// Cells by column: one that spans several stands in each, so that a frozen row keeps its place.
const columnsOf = (row) =>
  [...row.querySelectorAll("[data-paste-cell]")].flatMap((cell) => Array(cell.colSpan ?? 1).fill(cell));

// False where a list offers no such choice, or several that begin so. A rate is written without its sign: the column says "%".
const fill = (control, text) => {
  if (control.tagName !== "SELECT") {
    control.value = "percent" in control.dataset ? text.replace(/\s*%$/, "") : text;
    return true;
  }
  const wanted = text.toLocaleLowerCase("vi");
  const like = [...control.options].filter((option) => option.text.trim().toLocaleLowerCase("vi").startsWith(wanted));
  const choice = like.find((option) => option.text.trim().length === text.length) ?? (like.length === 1 ? like[0] : null);
  if (choice) control.value = choice.value;
  return Boolean(choice);
};

const tell = (control) => {
  for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
};

let before = []; // [control, its value] of the last paste, to take it back

const pasteBlock = (grid, from, block) => {
  const rows = [...grid.querySelectorAll("[data-paste-row]")];
  const top = rows.indexOf(from.closest("[data-paste-row]"));
  const left = columnsOf(rows[top]).indexOf(from.closest("[data-paste-cell]"));
  before = [];
  let leftOut = 0;
  block.forEach((texts, down) => {
    const columns = rows[top + down] ? columnsOf(rows[top + down]) : [];
    texts.forEach((text, right) => {
      if (text === "") return; // says nothing: what stands there stays
      const control = controlIn(columns[left + right]);
      const stood = control?.value;
      if (!control || !fill(control, text)) leftOut += 1;
      else before.push([control, stood]);
    });
  });
  for (const [control] of before) tell(control);
  return leftOut;
};

const say = (grid, leftOut) => {
  const report = grid.querySelector("[data-paste-report]");
  const numbers = { pasted: before.length, "left-out": leftOut };
  for (const [name, count] of Object.entries(numbers)) {
    const line = report.querySelector(`[data-paste-${name}]`);
    line.hidden = count === 0;
    line.querySelector("b").textContent = count;
  }
  report.hidden = false;
};

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-paste] [data-paste-cell]");
  const block = readBlock(event.clipboardData.getData("text/plain"));
  if (!cell || (block.length === 1 && block[0].length === 1)) return; // one value: as everywhere
  event.preventDefault();
  const grid = cell.closest("[data-paste]");
  say(grid, pasteBlock(grid, event.target, block));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-paste-undo]");
  if (!button) return;
  for (const [control, stood] of before) {
    control.value = stood;
    tell(control);
  }
  button.closest("[data-paste-report]").hidden = true;
  before[0]?.[0].focus();
  before = [];
});

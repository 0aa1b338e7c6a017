// Draws an answer with its cards, chips and caption; tree.js builds what they hold.

const announced = new Set();

function named(source) {
  return source.place ? `${source.title}, ${source.place}` : source.title;
}

function chip(number, context) {
  const source = context.citations[number];
  const button = element("button", "chip", source.number);
  button.type = "button";
  button.title = named(source);
  button.setAttribute("aria-label", `Source ${source.number}: ${named(source)}`);
  button.setAttribute("aria-pressed", String(context.open === number));
  button.addEventListener("click", () => context.cite(number, button));
  return button;
}

function sentence(part, context) {
  const node = element("span", part.doubt ? "doubtful" : "");
  const { runs, space } = part.doubt ? withoutSpace(part.runs) : { runs: part.runs, space: "" };
  node.append(...runs.map(styled));
  const chips = element("span", "chips");
  chips.append(...part.cites.map((number) => chip(number, context)));
  if (part.cites.length) node.append(chips);
  if (part.doubt) node.append(doubt(part, context));
  const all = document.createDocumentFragment();
  all.append(node, space);
  return all;
}

// The space behind a sentence stands behind its mark.
function withoutSpace(runs) {
  const last = runs[runs.length - 1];
  if (!last) return { runs, space: "" };
  const text = last.text.trimEnd();
  return { runs: [...runs.slice(0, -1), { ...last, text }], space: last.text.slice(text.length) };
}

// The mark of a sentence that its sources do not fully support. Its words appear on hover, focus and
// tap; Escape hides them. It is no part of the text: neither selected nor copied.
function doubt({ support, doubt: words }, context) {
  const frame = element("span", `doubt ${support}`);
  const button = element("button", "mark");
  const tip = element("span", "tip");
  button.type = "button";
  button.setAttribute("aria-label", context.marks[support]);
  tip.id = `doubt-${context.id}-${context.doubts++}`;
  tip.setAttribute("role", "tooltip");
  tip.append(element("strong", "", `${context.marks[support]}. `), words);
  button.setAttribute("aria-describedby", tip.id);
  // The word joiner keeps the mark on the line of the last word.
  frame.append("\u2060", button, tip);
  const show = () => {
    frame.classList.remove("hidden");
    place(tip, button);
  };
  button.addEventListener("pointerenter", show);
  button.addEventListener("focus", show);
  button.addEventListener("click", show);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || frame.classList.contains("hidden")) return;
    frame.classList.add("hidden");
    event.stopPropagation();
  });
  return frame;
}

// Below the mark, inside the width of the answer.
function place(tip, button) {
  const around = tip.closest(".answer").getBoundingClientRect();
  const at = button.getBoundingClientRect();
  const left = Math.min(at.left - around.left - 8, around.width - tip.offsetWidth);
  tip.style.left = `${Math.max(left, 0)}px`;
  tip.style.top = `${at.bottom - around.top + 4}px`;
}

function lead({ text, cites, long }, context) {
  const node = element("p", long ? "lead long" : "lead", text);
  const chips = element("span", "chips");
  chips.append(...cites.map((number) => chip(number, context)));
  node.append(chips);
  return node;
}

// The heading of a card is the button that opens its source; the words below stay selectable. Of a
// small card all of it can be clicked, since it only shows what is worth opening.
// Below a title that is that of its document, it is named by its place alone.
function card(data, context, above = "") {
  const source = context.citations[data.number];
  const open = element("button", "open");
  open.type = "button";
  open.setAttribute("aria-label", `Open source ${source.number}: ${named(source)}`);
  open.setAttribute("aria-pressed", String(context.open === data.number));
  const name = element("span", "title");
  const isNamed = source.title === above && Boolean(source.place);
  if (!isNamed) name.append(element("span", "name", source.title));
  if (source.place) name.append(element("span", "place", source.place));
  open.append(element("span", "number", source.number), name);
  open.addEventListener("click", () => context.cite(data.number, open));
  const node = element("article", data.small ? "card small" : "card");
  node.setAttribute("aria-label", named(source));
  node.append(open);
  if (data.path.length) node.append(element("div", "path", data.path.join(" › ")));
  const body = element("div", "body");
  body.append(...build(data.blocks, context));
  node.append(body);
  if (data.small) body.addEventListener("click", () => context.cite(data.number, open));
  return node;
}

function part(data, context) {
  const node = element("section", data.beside ? "part beside" : "part");
  if (data.title) node.append(element("h3", "", data.title));
  if (data.note.length) {
    const note = element("div", "remark");
    note.append(...build(data.note, context));
    node.append(note);
  }
  if (data.lead) node.append(lead(data.lead, context));
  node.append(...data.cards.map((each) => card(each, context, data.title)));
  return node;
}

// Parts that are compared stand beside each other where there is room.
function parts(all, context) {
  const beside = element("div", "pair");
  return all.flatMap((data) => {
    const node = part(data, context);
    if (!data.beside) return [node];
    const isFirst = !beside.childElementCount;
    beside.append(node);
    return isFirst ? [beside] : [];
  });
}

// Tells a screen reader, once, that an answer is complete. The region is there before its words are.
function announce({ id, text }) {
  if (announced.has(id)) return;
  announced.add(id);
  let region = document.getElementById("answer-announcement");
  if (!region) {
    region = element("div");
    region.id = "answer-announcement";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    Object.assign(region.style, {
      position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)",
    });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 500);
}

function copyButton(text) {
  const button = element("button", "copy", "Copy");
  button.type = "button";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  return button;
}

// Where the source was opened: the reader is back there when it is closed.
let opener = null;

// The answer may be drawn several times while the panel goes: in its old place, then in its new one.
const DRAWN_WITHIN_MS = 3000;

function returnFocus(root, { id, open }) {
  if (!opener || opener.id !== id) return;
  if (open === opener.number) opener.isShown = true;
  if (open !== null || !opener.isShown) return;
  const isFirst = opener.closedAt === undefined;
  if (isFirst) opener.closedAt = performance.now();
  const isLate = performance.now() - opener.closedAt > DRAWN_WITHIN_MS;
  // Somebody who went on to something else is left there.
  if (isLate || (!isFirst && document.activeElement !== document.body)) return;
  for (const button of root.querySelectorAll("button")) {
    if (button.getAttribute("aria-label") === opener.name) return button.focus({ preventScroll: true });
  }
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const context = {
    sentence,
    doubt,
    id: data.id,
    citations: data.citations,
    marks: data.marks,
    doubts: 0,
    open: data.open,
    cite: (number, button) => {
      opener = { id: data.id, number, name: button.getAttribute("aria-label") };
      setTriggerValue("cite", number);
    },
  };
  const root = element("div", "answer");
  if (data.lead) root.append(lead(data.lead, context));
  root.append(...parts(data.parts ?? [], context));
  root.append(...(data.cards ?? []).map((each) => card(each, context)));
  root.append(...build(data.blocks, context));
  if (data.caption) {
    const caption = element("div", "caption", data.caption);
    if (data.copy) caption.append(copyButton(data.copy));
    root.append(caption);
  }
  parentElement.querySelector(".answer")?.remove();
  parentElement.append(root);
  returnFocus(root, data);
  if (data.announcement) announce(data.announcement);
  return () => root.remove();
}

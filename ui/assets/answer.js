// Builds an answer from its tree. Text is only ever written as text: no HTML is parsed here.

const announced = new Set();

function supportWord(part) {
  if (part.support === "weak") return "weak source";
  if (part.support === "not_checked") return "not checked";
  return part.cites.length ? "its source does not say this" : "no source";
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function chip(number, context) {
  const source = context.citations[number];
  const button = element("button", "chip", String(number));
  button.type = "button";
  button.title = `${source.title}, ${source.place}`;
  button.setAttribute("aria-label", `Source ${number}: ${source.title}, ${source.place}`);
  button.setAttribute("aria-pressed", String(context.open === number));
  button.addEventListener("click", () => context.cite(number, button));
  return button;
}

function styled(run) {
  return run.style ? element(run.style, "", run.text) : document.createTextNode(run.text);
}

function sentence(part, context) {
  const node = element("span", part.support && part.support !== "supported" ? part.support : "");
  node.append(...part.runs.map(styled));
  if (part.doubt) {
    node.title = part.doubt;
    node.append(element("span", "note", ` (${supportWord(part)})`));
  }
  const chips = element("span", "chips");
  chips.append(...part.cites.map((number) => chip(number, context)));
  return part.cites.length ? [node, chips] : [node];
}

const BUILDERS = {
  p(block, context) {
    const node = element("p");
    node.append(...block.parts.flatMap((part) => sentence(part, context)));
    return node;
  },
  quote: (block, context) => parent("blockquote", block.blocks, context),
  heading: (block, context) => parent("h4", block.blocks, context),
  ul: (block, context) => parent("ul", block.items, context),
  ol: (block, context) => parent("ol", block.items, context),
  li(block, context) {
    const node = parent("li", block.blocks, context);
    if (block.number) node.value = block.number;
    return node;
  },
  tr: (block, context) => {
    const row = element("tr");
    for (const cell of block.cells) {
      const node = element("td");
      node.append(...build([cell], context));
      row.append(node);
    }
    return row;
  },
  table: (block, context) => {
    const frame = element("div", "scroll");
    frame.append(parent("table", block.rows, context));
    return frame;
  },
  grid(block) {
    const frame = element("div", "scroll");
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "Table");
    const table = element("table", "grid");
    if (block.header.length) {
      const head = element("thead");
      head.append(row(block.header, "th"));
      table.append(head);
    }
    const body = element("tbody");
    const width = Math.max(block.header.length, ...block.rows.map((r) => r.cells.length), 1);
    if (block.above) body.append(leftOut(block.above, width));
    for (const { cells, marked } of block.rows) body.append(row(cells, "td", marked));
    if (block.below) body.append(leftOut(block.below, width));
    table.append(body);
    frame.append(table);
    return frame;
  },
  code(block) {
    const node = element("pre");
    node.append(element("code", "", block.text));
    return node;
  },
};

function parent(tag, blocks, context) {
  const node = element(tag);
  node.append(...build(blocks, context));
  return node;
}

function build(blocks, context) {
  return blocks.map((block) => BUILDERS[block.type](block, context));
}

// Figures and names stay on one line, a few words take a few lines, and sentences get room: a table
// that is too wide for that scrolls.
function widthOf(text) {
  if (text.length <= 16) return "";
  return text.length <= 48 ? "words" : "long";
}

function row(cells, tag, isMarked = false) {
  const node = element("tr", isMarked ? "marked" : "");
  if (isMarked) node.setAttribute("aria-current", "true");
  for (const text of cells) {
    const cell = element(tag, widthOf(text));
    if (tag === "th") cell.scope = "col";
    cell.append(isMarked && text ? element("mark", "", text) : text);
    node.append(cell);
  }
  return node;
}

function leftOut(text, width) {
  const node = element("tr", "left-out");
  const cell = element("td", "", text);
  cell.colSpan = width;
  node.append(cell);
  return node;
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
function card(data, context) {
  const source = context.citations[data.number];
  const open = element("button", "open");
  open.type = "button";
  open.setAttribute("aria-label", `Open source ${data.number}: ${source.title}, ${source.place}`);
  open.setAttribute("aria-pressed", String(context.open === data.number));
  const name = element("span", "title");
  name.append(element("span", "name", source.title), element("span", "place", source.place));
  open.append(element("span", "number", String(data.number)), name);
  open.addEventListener("click", () => context.cite(data.number, open));
  const node = element("article", data.small ? "card small" : "card");
  node.setAttribute("aria-label", `${source.title}, ${source.place}`);
  node.append(open);
  if (data.path.length) node.append(element("div", "path", data.path.join(" › ")));
  const body = element("div", "body");
  body.append(...build(data.blocks, context));
  node.append(body);
  if (data.small) body.addEventListener("click", () => context.cite(data.number, open));
  return node;
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

function returnFocus(root, { id, open }) {
  if (!opener || opener.id !== id) return;
  if (open === opener.number) opener.isShown = true;
  if (open !== null || !opener.isShown) return;
  const { name } = opener;
  opener = null;
  for (const button of root.querySelectorAll("button")) {
    if (button.getAttribute("aria-label") === name) return button.focus({ preventScroll: true });
  }
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const context = {
    citations: data.citations,
    open: data.open,
    cite: (number, button) => {
      opener = { id: data.id, number, name: button.getAttribute("aria-label") };
      setTriggerValue("cite", number);
    },
  };
  const root = element("div", "answer");
  if (data.lead) root.append(lead(data.lead, context));
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

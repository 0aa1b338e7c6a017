// Builds elements from a tree that Python made. Text is only ever written as text: no HTML is parsed
// here. Stands in front of the script of a component, which may give its sentences more than words.

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// A run in several styles is in one element for each of them.
const STYLES = ["mark", "strong", "em", "code"];

function styled(run) {
  const names = run.style.split(" ").filter((name) => STYLES.includes(name));
  return names.reduceRight((inner, name) => {
    const node = element(name);
    node.append(inner);
    return node;
  }, document.createTextNode(run.text));
}

function words(part) {
  const node = element("span");
  node.append(...part.runs.map(styled));
  return node;
}

const BUILDERS = {
  p(block, context) {
    const node = element("p");
    node.append(...block.parts.map((part) => (context.sentence ?? words)(part, context)));
    return node;
  },
  quote: (block, context) => parent("blockquote", block.blocks, context),
  heading(block, context) {
    const node = parent("h4", block.blocks, context);
    if (block.level) node.className = `level-${Math.min(block.level, 4)}`;
    return node;
  },
  ul: (block, context) => parent("ul", block.items, context),
  ol: (block, context) => parent("ol", block.items, context),
  li(block, context) {
    const node = parent("li", block.blocks, context);
    if (block.number) node.value = block.number;
    if (block.level) node.style.marginLeft = `${block.level * 1.25}rem`;
    return node;
  },
  tr: (block, context) => {
    const row = element("tr");
    for (const cell of block.cells) {
      const node = element(block.isHeader ? "th" : "td");
      if (block.isHeader) node.scope = "col";
      node.append(...build([cell], context));
      node.className = widthOf(node.textContent);
      row.append(node);
    }
    const last = row.lastElementChild;
    if (block.doubt) (last.lastElementChild ?? last).append(context.doubt(block, context));
    return row;
  },
  table: (block, context) => {
    const [header, ...rows] = build(block.rows, context);
    const table = element("table", "grid");
    const head = element("thead");
    const body = element("tbody");
    head.append(header);
    body.append(...rows);
    table.append(head, body);
    return scrolling(table);
  },
  grid(block) {
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
    return scrolling(table);
  },
  code(block) {
    const node = element("pre");
    const code = element("code", "", block.text);
    code.append(...(block.runs ?? []).map(styled));
    node.append(code);
    return node;
  },
  typed(block) {
    const node = element("div", "typed");
    node.append(...block.runs.map(styled));
    return node;
  },
};

function scrolling(table) {
  const frame = element("div", "scroll");
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Table");
  frame.append(table);
  return frame;
}

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


// Builds an answer from its tree. Text is only ever written as text: no HTML is parsed here.

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
  button.addEventListener("click", () => context.cite(number));
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

// On a narrow screen the source opens below the answer: bring it into view when it is new.
function showPanel(host, open) {
  const isNew = open !== null && host.openCitation !== open;
  host.openCitation = open;
  if (!isNew) return;
  setTimeout(() => {
    document.querySelector(".st-key-source-panel")?.scrollIntoView({ block: "nearest" });
  }, 400);
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const context = {
    citations: data.citations,
    open: data.open,
    cite: (number) => setTriggerValue("cite", number),
  };
  const root = element("div", "answer");
  root.append(...build(data.blocks, context));
  if (data.caption) {
    const caption = element("div", "caption", data.caption);
    if (data.copy) caption.append(copyButton(data.copy));
    root.append(caption);
  }
  parentElement.querySelector(".answer")?.remove();
  parentElement.append(root);
  showPanel(parentElement, data.open);
  return () => root.remove();
}

// Shows the pages of an open source: at the quote and readable when it is opened, then enlarged and
// turned as its reader likes. tree.js builds the text of a page.

const STORE = "source-zoom";
const STEP = 1.25;
const LEAST = 0.5;
const MOST = 5;
// CSS pixels for a point of the page: the least at which print of 10 points is read, and what is plenty.
const READABLE = 0.75;
const COMFORTABLE = 1.5;
const DOTS_PER_POINT = 2;

// What a reader chose holds for the session, also for other sources.
const zoom = (() => {
  try {
    return { image: null, text: 1, ...JSON.parse(sessionStorage.getItem(STORE) ?? "{}") };
  } catch {
    return { image: null, text: 1 };
  }
})();

// Where the reader is: a page that is drawn again stays where it was left.
let place = null;

function remember(changes) {
  Object.assign(zoom, changes);
  try {
    sessionStorage.setItem(STORE, JSON.stringify(zoom));
  } catch {
    // A browser without storage forgets it with the page.
  }
}

function bounded(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

// The words of a page fill the frame; small print may be wider than it, large print need not be.
function readable(frame, data) {
  const words = data.area ? Math.max(data.area[2] - data.area[0], 0.3) + 0.03 : 1;
  const perPoint = frame.clientWidth / (data.size[0] / DOTS_PER_POINT);
  const most = Math.max(COMFORTABLE / perPoint, 1);
  return bounded(Math.max(1 / words, READABLE / perPoint), 1, most);
}

function button(label, sign, act) {
  const node = element("button", "", sign);
  node.type = "button";
  node.title = label;
  node.setAttribute("aria-label", label);
  node.addEventListener("click", act);
  return node;
}

class View {
  constructor(data, turn) {
    this.data = data;
    this.turn = turn;
    this.kind = data.image && (place?.kind ?? data.begins) === "image" ? "image" : "text";
    this.root = element("div", "source");
    this.frame = element("div", "frame");
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "region");
    this.frame.setAttribute("aria-label", `${data.words.frame}: ${data.place}`);
    this.root.append(this.bar(), this.frame);
  }

  bar() {
    const bar = element("div", "bar");
    bar.append(this.pages(), this.tools());
    return bar;
  }

  pages() {
    const { data } = this;
    const group = element("div", "group");
    const where = [data.name, data.note].filter(Boolean).join(", ");
    if (data.pages < 2 && !data.note) {
      if (where) group.append(element("span", "where", where));
      return group;
    }
    const previous = button(data.words.previous, "‹", () => this.turn(data.previous));
    const next = button(data.words.next, "›", () => this.turn(data.next));
    previous.disabled = !data.previous;
    next.disabled = !data.next;
    group.append(previous, this.pageField(), next);
    if (where) group.append(element("span", "where", where));
    if (data.cited) group.append(this.back());
    return group;
  }

  pageField() {
    const { data } = this;
    const label = element("label", "number");
    const field = element("input");
    Object.assign(field, { type: "number", min: 1, max: data.pages, value: data.page });
    field.setAttribute("aria-label", data.words.page);
    field.addEventListener("change", () => {
      const page = bounded(Math.round(Number(field.value)) || data.page, 1, data.pages);
      field.value = page;
      if (page !== data.page) this.turn([page, 0]);
    });
    label.append(field, element("span", "", data.words.of.replace("{pages}", data.pages)));
    return label;
  }

  // At the quote of the cited page, whatever part of it that is.
  back() {
    const node = element("button", "back", this.data.words.back);
    node.type = "button";
    node.addEventListener("click", () => this.turn([this.data.cited, null]));
    return node;
  }

  tools() {
    const { words } = this.data;
    const group = element("div", "group");
    if (this.data.image && this.data.blocks.length) group.append(this.choice());
    group.append(
      button(words.smaller, "−", () => this.scale(1 / STEP)),
      button(words.larger, "+", () => this.scale(STEP)),
      button(words.fit, "↔", () => this.fit()),
    );
    return group;
  }

  choice() {
    const { words } = this.data;
    const choice = element("div", "choice");
    choice.setAttribute("role", "group");
    choice.setAttribute("aria-label", words.views);
    this.kinds = ["image", "text"].map((kind) => {
      const node = element("button", "", words[kind]);
      node.type = "button";
      node.addEventListener("click", () => this.show(kind));
      choice.append(node);
      return [kind, node];
    });
    return choice;
  }

  show(kind) {
    this.kind = kind;
    if (place) place.kind = kind;
    this.fill();
    this.toQuote();
  }

  fill() {
    for (const [kind, node] of this.kinds ?? []) {
      node.setAttribute("aria-pressed", String(kind === this.kind));
    }
    this.sheet = this.kind === "image" ? this.image() : this.text();
    this.frame.className = `frame ${this.kind}`;
    this.frame.replaceChildren(this.sheet);
    this.size();
  }

  image() {
    const image = element("img");
    const [width, height] = this.data.size;
    Object.assign(image, { width, height, alt: this.data.alt, src: this.data.image });
    return image;
  }

  text() {
    const sheet = element("div", "text-sheet");
    sheet.append(...build(this.data.blocks, {}));
    return sheet;
  }

  get factor() {
    if (this.kind === "text") return zoom.text;
    return zoom.image ?? readable(this.frame, this.data);
  }

  size() {
    if (this.kind === "text") {
      this.sheet.style.fontSize = `${this.factor}em`;
      return;
    }
    const [width, height] = this.data.size;
    const shown = this.frame.clientWidth * this.factor;
    Object.assign(this.sheet.style, { width: `${shown}px`, height: `${(shown * height) / width}px` });
  }

  // The middle of what is seen stays where it is.
  resize(changes) {
    const { frame } = this;
    const across = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const down = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    remember(changes);
    this.size();
    frame.scrollLeft = across * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = down * frame.scrollHeight - frame.clientHeight / 2;
  }

  scale(by) {
    this.resize({ [this.kind]: bounded(this.factor * by, LEAST, MOST) });
  }

  fit() {
    this.resize({ [this.kind]: 1 });
  }

  toQuote() {
    if (this.kind === "text") this.toMark();
    else this.toMarks();
  }

  toMark() {
    const mark = this.sheet.querySelector("mark, .marked");
    if (!mark) return this.frame.scrollTo(0, 0);
    const top = mark.getBoundingClientRect().top - this.sheet.getBoundingClientRect().top;
    this.frame.scrollTo(0, top - this.frame.clientHeight / 4);
  }

  toMarks() {
    const { frame, sheet, data } = this;
    const width = parseFloat(sheet.style.width);
    const height = parseFloat(sheet.style.height);
    const margin = 0.015 * width;
    let left = (data.area?.[0] ?? 0) * width - margin;
    if (!data.marks.length) return frame.scrollTo(left, 0);
    const [markLeft, markTop] = data.marks[0];
    // The quote is in a column at the right.
    if (markLeft * width > left + frame.clientWidth * 0.6) left = markLeft * width - margin;
    frame.scrollTo(left, markTop * height - frame.clientHeight / 4);
  }
}

function leftAt(view) {
  const { frame, data, kind } = view;
  const { scrollTop, scrollLeft } = frame;
  return { opening: data.opening, page: data.page, part: data.part, kind, scrollTop, scrollLeft };
}

function isSame(data) {
  return place && ["opening", "page", "part"].every((name) => place[name] === data[name]);
}

// The button that turned a page keeps the focus, though it is drawn again.
function focusAgain(root, label) {
  const named = [...root.querySelectorAll("button, input")].find(
    (node) => node.getAttribute("aria-label") === label,
  );
  (named && !named.disabled ? named : root.querySelector(".frame")).focus({ preventScroll: true });
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const focused = parentElement.activeElement?.getAttribute("aria-label");
  const hadFocus = Boolean(parentElement.activeElement);
  const stays = isSame(data);
  const left = place;
  if (place && place.opening !== data.opening) place = null;
  const view = new View(data, (turn) => turn && setTriggerValue("turn", turn));
  parentElement.querySelector(".source")?.remove();
  parentElement.append(view.root);
  const show = () => {
    view.fill();
    if (stays) view.frame.scrollTo(left.scrollLeft, left.scrollTop);
    else view.toQuote();
    place = leftAt(view);
  };
  show();
  if (hadFocus) focusAgain(view.root, focused);
  view.frame.addEventListener("scroll", () => (place = leftAt(view)), { passive: true });
  // The panel finds its size after the first drawing, and changes it with the window.
  let width = view.frame.clientWidth;
  let isSettled = false;
  const growth = new ResizeObserver(() => {
    if (!isSettled && !stays) view.size(), view.toQuote();
    else if (view.frame.clientWidth !== width) view.resize({});
    width = view.frame.clientWidth;
  });
  growth.observe(view.frame);
  const settle = setTimeout(() => (isSettled = true), 600);
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    view.root.addEventListener(act, () => (isSettled = true), { passive: true });
  }
  return () => {
    clearTimeout(settle);
    growth.disconnect();
  };
}

// Keeps the open source in view beside the conversation and closes it with Escape. On a narrow screen it
// is a sheet over everything.

const REM = 16;
const BELOW_HEADER = 4.5 * REM;
const ABOVE_COMPOSER = 0.5 * REM;
const LEAST_PAGE = 10 * REM;
const NARROW = "(max-width: 900px)";
let focused = null;

// The column is as wide as the panel and stands beside the conversation: the outermost element that
// holds nothing else.
function columnOf(panel) {
  let node = panel;
  while (node.parentElement.childElementCount === 1) node = node.parentElement;
  return node;
}

function pageHeight(pages) {
  const views = [...pages.querySelectorAll("*")].map((node) => node.shadowRoot?.querySelector(".frame"));
  return views.find(Boolean)?.offsetHeight ?? 0;
}

// The pages get what the rest of the panel leaves of the screen.
function fitPages(panel, room) {
  const pages = panel.querySelector(".st-key-source-view");
  if (!pages) return;
  const shown = pages.getBoundingClientRect();
  const frame = panel.getBoundingClientRect();
  const last = panel.lastElementChild.getBoundingClientRect();
  const padding = parseFloat(getComputedStyle(panel).paddingBottom);
  const rest = shown.top - frame.top + (last.bottom - shown.bottom) + padding + panel.scrollTop;
  // What is above the page belongs to the pages as well, in one line or two.
  const bar = shown.height - pageHeight(pages);
  panel.style.setProperty("--source-height", `${Math.max(room - rest - bar, LEAST_PAGE)}px`);
}

// What stands above the composer, such as attached files, makes it higher.
function topOfComposer() {
  const composer = document.querySelector("[data-testid=stBottom]");
  return composer ? composer.getBoundingClientRect().top : innerHeight;
}

function standBeside(panel) {
  Object.assign(columnOf(panel).style, {
    position: "sticky", top: `${BELOW_HEADER}px`, alignSelf: "flex-start",
  });
  Object.assign(panel.style, { overflowY: "auto", overscrollBehavior: "contain" });
  return () => {
    const top = Math.max(panel.getBoundingClientRect().top, BELOW_HEADER);
    const room = topOfComposer() - ABOVE_COMPOSER - top;
    panel.style.maxHeight = `${Math.max(room, 2 * LEAST_PAGE)}px`;
    fitPages(panel, room);
  };
}

// The top layer is above the header and the composer.
function coverScreen(panel) {
  panel.popover = "manual";
  if (!panel.matches(":popover-open")) panel.showPopover();
  return () => fitPages(panel, innerHeight);
}

// Who opens a source goes on reading there; who turns from one to the next stays at the button.
function takeFocus(panel, { opening, name }) {
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", name);
  panel.tabIndex = -1;
  panel.style.outline = "none";
  if (focused === opening) return;
  focused = opening;
  if (!panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
}

export default function (component) {
  const { data, setTriggerValue, parentElement } = component;
  const panel = parentElement.closest(".st-key-source-panel");
  if (!panel) return;
  const background = getComputedStyle(parentElement).getPropertyValue("--st-background-color");
  panel.style.setProperty("--panel-background", background);
  const acts = new AbortController();
  const { signal } = acts;
  const fit = matchMedia(NARROW).matches ? coverScreen(panel) : standBeside(panel);
  document.addEventListener("scroll", fit, { capture: true, passive: true, signal });
  addEventListener("resize", fit, { signal });
  const growth = new ResizeObserver(fit);
  for (const part of panel.children) growth.observe(part);
  // What grows or shrinks above the panel moves it, and no event tells.
  const moved = setInterval(fit, 300);
  fit();
  takeFocus(panel, data);
  const close = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) setTriggerValue("close", true);
  };
  document.addEventListener("keydown", close, { signal });
  return () => {
    clearInterval(moved);
    growth.disconnect();
    acts.abort();
  };
}

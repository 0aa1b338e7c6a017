// Keeps the open source in view beside the conversation and closes it with Escape. On a phone it is a
// sheet over the whole screen.

const REM = 16;
const BELOW_HEADER = 4.5 * REM;
const ABOVE_COMPOSER = 8.5 * REM;
const LEAST_HEIGHT = 12 * REM;

// The column is as wide as the panel and stands beside the conversation: the outermost element that
// holds nothing else.
function columnOf(panel) {
  let node = panel;
  while (node.parentElement.childElementCount === 1) node = node.parentElement;
  return node;
}

function standBeside(panel, signal) {
  Object.assign(columnOf(panel).style, {
    position: "sticky", top: `${BELOW_HEADER}px`, alignSelf: "flex-start",
  });
  const fit = () => {
    const room = innerHeight - ABOVE_COMPOSER - panel.getBoundingClientRect().top;
    panel.style.maxHeight = `${Math.max(room, LEAST_HEIGHT)}px`;
  };
  Object.assign(panel.style, { overflowY: "auto", overscrollBehavior: "contain" });
  document.addEventListener("scroll", fit, { capture: true, passive: true, signal });
  addEventListener("resize", fit, { signal });
  fit();
}

// The top layer is above the header and the composer.
function coverScreen(panel) {
  panel.popover = "manual";
  panel.showPopover();
}

export default function (component) {
  const { setTriggerValue, parentElement } = component;
  const panel = parentElement.closest(".st-key-source-panel");
  if (!panel) return;
  const background = getComputedStyle(parentElement).getPropertyValue("--st-background-color");
  panel.style.setProperty("--panel-background", background);
  const acts = new AbortController();
  if (matchMedia("(max-width: 640px)").matches) coverScreen(panel);
  else standBeside(panel, acts.signal);
  const close = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) setTriggerValue("close", true);
  };
  document.addEventListener("keydown", close, { signal: acts.signal });
  return () => acts.abort();
}

// Keeps the newest question and what follows it in view: scrolls down as the answer grows, but never
// past the question, and leaves the page alone as soon as its reader scrolls.

const WATCHED_MS = 4000;
const MARGIN = 72; // the page header
let shown = null;

function follow(place, page) {
  const move = () => {
    const top = page.scrollTop + place.getBoundingClientRect().top - MARGIN;
    page.scrollTop = Math.max(0, Math.min(top, page.scrollHeight - page.clientHeight));
  };
  const growth = new ResizeObserver(move);
  growth.observe(page.firstElementChild);
  const stop = () => growth.disconnect();
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    page.addEventListener(act, stop, { once: true, passive: true });
  }
  move();
  return stop;
}

export default function (component) {
  const { data, parentElement } = component;
  const page = document.querySelector('[data-testid="stMain"]');
  if (!page || shown === data.place) return;
  shown = data.place;
  const stop = follow(parentElement.host ?? parentElement, page);
  // A written answer is followed until it ends; a stored one until it is drawn.
  if (!data.grows) setTimeout(stop, WATCHED_MS);
  return stop;
}

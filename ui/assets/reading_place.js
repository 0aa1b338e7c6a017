// Keeps the newest question and what follows it in view: scrolls down as the answer grows, but never
// past the question, and leaves the page alone as soon as its reader scrolls.

const WATCHED_MS = 4000;
const MARGIN = 72; // the page header
let shown = null;
let isReaderElsewhere = false;

function follow(place, page, grows) {
  const move = () => {
    const top = page.scrollTop + place.getBoundingClientRect().top - MARGIN;
    page.scrollTop = Math.max(0, Math.min(top, page.scrollHeight - page.clientHeight));
  };
  const growth = new ResizeObserver(move);
  growth.observe(page.firstElementChild);
  const acts = new AbortController();
  const stop = () => {
    growth.disconnect();
    acts.abort();
  };
  const leave = () => {
    stop();
    isReaderElsewhere = grows;
  };
  for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    page.addEventListener(act, leave, { passive: true, signal: acts.signal });
  }
  move();
  return stop;
}

export default function (component) {
  const { data, parentElement } = component;
  const page = document.querySelector('[data-testid="stMain"]');
  if (!page || shown === data.place) return;
  shown = data.place;
  // Who scrolled away while the answer was written is not fetched back when it is stored.
  const stays = isReaderElsewhere && !data.grows;
  isReaderElsewhere = false;
  if (stays) return;
  const stop = follow(parentElement.host ?? parentElement, page, data.grows);
  // A written answer is followed until it ends; a stored one until it is drawn.
  if (!data.grows) setTimeout(stop, WATCHED_MS);
  return stop;
}

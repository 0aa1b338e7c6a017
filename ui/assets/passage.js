// Shows a page's text with the cited words marked, and brings them into view.

function element(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

export default function (component) {
  const { data, parentElement } = component;
  const frame = document.createElement("div");
  frame.className = "passage";
  frame.tabIndex = 0;
  const mark = element("mark", data.quote);
  frame.append(element("span", data.before), mark, element("span", data.after));
  parentElement.querySelector(".passage")?.remove();
  parentElement.append(frame);
  if (data.quote) frame.scrollTop = mark.offsetTop - frame.offsetTop - frame.clientHeight / 3;
  return () => frame.remove();
}

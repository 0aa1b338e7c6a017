// A button that saves a small file, which came over the page's own connection and has no address.

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function save(data) {
  const address = URL.createObjectURL(new Blob([bytes(data.content)], { type: data.type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = data.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export default function (component) {
  const { data, parentElement } = component;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "download";
  button.textContent = data.label;
  button.addEventListener("click", () => save(data));
  parentElement.querySelector(".download")?.remove();
  parentElement.append(button);
  return () => button.remove();
}

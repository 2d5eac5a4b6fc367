// Elements out of names and texts. A text becomes a text node and nothing else: there is no way
// from data to HTML here.

const SVG = "http://www.w3.org/2000/svg";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value);
  }
  element.append(...present(children));
  return element;
}

/** The children that there are: what is absent is null, undefined, false or "". */
export const present = (children) =>
  children.flat(Infinity).filter((child) => ![null, undefined, false, ""].includes(child));

/** An HTML element; attributes that are functions listen to the event of their name. */
export const h = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

/** When what was last put on the page is on screen; in a tab that nobody sees, soon. */
export const painted = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done, 0));
    setTimeout(done, 300);
  });

export const byId = (id) => document.getElementById(id);

/** A section with a heading; nothing at all where there is nothing to put in it. */
export function card(name, heading, ...children) {
  const there = present(children);
  return there.length ? h("section", { class: `card ${name}` }, h("h2", {}, heading), there) : null;
}

/** The first few of a list, and the others behind a line that opens. */
export function folded(items, shown, list, more) {
  const rest = items.slice(shown);
  return [
    list(items.slice(0, shown)),
    rest.length ? h("details", {}, h("summary", {}, more(rest.length)), list(rest)) : null,
  ];
}

/** A link to another site: a new tab, which is not told where one came from. */
export const elsewhere = (href, text, hint) =>
  h("a", { href, target: "_blank", rel: "noreferrer" }, text, h("span", { class: "unseen" }, hint));

/** A choice among a few, with its label. */
export const select = (id, label, options, value, change) =>
  h(
    "span",
    { class: "choice" },
    h("label", { for: id }, label),
    h(
      "select",
      { id, change: (event) => change(event.currentTarget.value) },
      options.map(([each, text]) => h("option", { value: each, selected: each === value }, text)),
    ),
  );

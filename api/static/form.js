// The form on top: where one comes from, and up to four targets.

import { byId, h } from "./dom.js";
import { searchField } from "./search.js";
import { current, go, MAX_TARGETS } from "./state.js";
import { UI } from "./words.js";

const titles = new Map();
let adding = false;

const fields = {
  from: searchField(
    "from",
    () => current().domain,
    (code) => change({ from: code }, code),
  ),
  to: searchField("to", () => current().domain, chooseTarget),
};

/** Goes on with something else chosen; what a person says of themselves goes along. */
const change = (chosen, code) => {
  const state = { ...current(), ...chosen };
  if (state.view === "plan" || !code) state.view = state.view === "rate" ? "rate" : "";
  const isThere = document.activeElement === byId("from"); // not gone on elsewhere meanwhile
  if (code && "from" in chosen && !state.to.length && isThere) fields.to.focus();
  go(state, state.view === "rate");
};

function chooseTarget(code) {
  const { to } = current();
  const isMore = adding || to.length > 1;
  if (!isMore) change({ to: code ? [code] : [] }, code);
  else if (code && !to.includes(code)) {
    adding = false;
    change({ to: [...to, code] }, code);
  }
}

/** The occupations' titles, for the fields and the chips. */
export function learnTitles(...occupations) {
  for (const { code, title } of occupations) titles.set(code, title);
  showForm(current());
}

/** Shows what the state says. */
export function showForm(state) {
  if (!state.from || !state.to.length) adding = false;
  const isMore = (adding || state.to.length > 1) && state.view !== "rate";
  const only = isMore ? "" : (state.to[0] ?? "");
  fields.from.set(state.from, titles.get(state.from));
  fields.to.set(only, titles.get(only));
  byId("to-label").textContent = isMore ? UI.addLabel : UI.toLabel;
  const isFull = isMore && state.to.length >= MAX_TARGETS;
  // not `disabled`, which would take the focus from whoever has just chosen the last one
  byId("to").readOnly = isFull;
  byId("to").setAttribute("aria-disabled", String(isFull));
  byId("swap").disabled = isMore;
  showTargets(
    isMore ? chips(state) : state.from && only && state.view !== "rate" ? [another()] : [],
  );
}

/** Shows the targets; the button that had the focus keeps it, or hands it to the next. */
function showTargets(children) {
  const targets = byId("targets");
  const buttons = () => [...targets.querySelectorAll("button")];
  const at = buttons().indexOf(document.activeElement);
  const kept = document.activeElement.dataset.keep;
  targets.replaceChildren(...children);
  if (at < 0) return;
  const now = buttons();
  (now.find(({ dataset }) => dataset.keep === kept) ?? now[at] ?? now.at(-1))?.focus();
}

const another = () =>
  h(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-keep": "another",
      click: () => {
        adding = true;
        showForm(current());
        fields.to.focus();
      },
    },
    UI.another,
  );

function chips(state) {
  const chip = (code) => {
    const name = titles.get(code) ?? code;
    const remove = () => {
      const now = current();
      adding = false;
      go({ ...now, to: now.to.filter((each) => each !== code) });
    };
    return h(
      "li",
      {},
      name,
      h(
        "button",
        { type: "button", "aria-label": UI.remove(name), "data-keep": code, click: remove },
        h("span", { "aria-hidden": "true" }, "×"),
      ),
    );
  };
  const full = state.to.length >= MAX_TARGETS ? h("span", { class: "note" }, UI.full) : null;
  return [h("ul", { "aria-label": UI.targets }, state.to.map(chip)), full].filter(Boolean);
}

byId("choose").addEventListener("submit", (event) => event.preventDefault());
byId("swap").addEventListener("click", () => {
  const { from, to, domain } = current();
  go({ from: to[0] ?? "", to: from ? [from] : [], domain });
});

// What is shown where there is no answer: the start, and each kind of refusal in words that say what it is and what to do.

import { keepKey } from "./api.js";
import { h } from "./dom.js";
import { link } from "./state.js";
import { DEFINITIONS } from "./words.js";

const EXAMPLES = [
  ["29-1141.00", "Registered Nurses", "29-1171.00", "Nurse Practitioners"],
  ["11-1011.00", "Chief Executives", "11-3013.00", "Facilities Managers"],
  ["51-4121.00", "Welders", "49-9071.00", "Maintenance and Repair Workers"],
];

/** Before anything is chosen. */
export const startView = () => [
  h("h1", {}, "What would you have to learn?"),
  h("p", { class: "lead" }, "Choose the occupation you come from and the one you want to go to: which skills are needed at a higher level there, and is the difference more than the ratings can show? One occupation alone gives its profile."),
  h("ul", {}, EXAMPLES.map(([from, fromTitle, to, toTitle]) => h("li", {}, h("a", { href: link({ from, to }) }, `${fromTitle} → ${toTitle}`)))),
  h("section", { class: "definitions" }, h("h2", {}, "Three ways to read “does not have”"), h("dl", {}, DEFINITIONS.map(([, title, meaning]) => [h("dt", {}, title), h("dd", {}, meaning)]))),
];

/** For what no one foresaw: a page that says so, never an empty one. */
export const UNEXPECTED = {
  type: "unexpected",
  title: "This cannot be shown",
  detail: "The page failed over this address in a way that it did not foresee. Choose the occupations anew above, or try again.",
};

const TRY_AGAIN = new Set(["gone", "unexpected", "/problems/no-publication", "/problems/database-unavailable", "/problems/internal-error"]);

/** The API's own words, without the name of the parameter that they begin with. */
export const plain = ({ detail, parameter }) => (parameter ? detail.replace(`${parameter}: `, "") : detail);

const KEY_REQUIRED = "/problems/key-required";

/** Where the service has keys: a field for one. */
function keyForm(again) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true });
  const submit = (event) => {
    event.preventDefault();
    keepKey(field.value.trim());
    again();
  };
  return h("form", { class: "key", submit }, h("div", { class: "field" }, h("label", { for: "key" }, "Key of this service, kept until this tab is closed"), field), h("button", {}, "Go on"));
}

/** A refusal, as the API words it, with the occupations that it proposes instead or a way to ask again. */
export function problemView(problem, state, again) {
  const near = problem.near ?? problem.candidates ?? [];
  const side = problem.parameter === "to" ? "to" : "from";
  return [
    h("h1", {}, problem.title),
    h("p", { class: "lead" }, plain(problem)),
    problem.type === KEY_REQUIRED ? keyForm(again) : null,
    problem.type === "/problems/no-publication" ? h("p", {}, "Whoever runs this service makes it so with ", h("code", {}, "make build"), ".") : null,
    near.length
      ? [h("p", {}, problem.candidates ? "Which of these?" : "Others that are near it:"), h("ul", {}, near.map(({ code, title }) => h("li", {}, h("a", { href: link({ ...state, [side]: code }) }, title), " ", h("span", { class: "code" }, code))))]
      : null,
    TRY_AGAIN.has(problem.type) || problem.status >= 500 ? h("p", {}, h("button", { type: "button", click: again }, "Try again")) : null,
    problem.request_id ? h("p", { class: "note" }, `Request ${problem.request_id}`) : null,
  ];
}

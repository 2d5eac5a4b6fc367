// What is shown where there is no answer: the start, and each kind of refusal.

import { hasKey, keepKey } from "./api.js";
import { card, h } from "./dom.js";
import { links } from "./profile.js";
import { link } from "./state.js";
import { DOMAINS, PROBLEM, problemWords, START } from "./words.js";

/** Before anything is chosen. */
export const startView = () => [
  h(
    "section",
    { class: "card title" },
    h("h1", { elementtiming: "answer" }, START.title),
    h("p", { class: "lead" }, START.lead),
  ),
  h(
    "div",
    { class: "pair" },
    card(
      "examples",
      START.examplesTitle,
      h(
        "ul",
        { class: "links" },
        START.examples.map(([from, fromTitle, to, toTitle]) =>
          h("li", {}, h("a", { href: link({ from, to }) }, `${fromTitle} → ${toTitle}`)),
        ),
      ),
    ),
    card(
      "begin",
      START.waysTitle,
      h(
        "ul",
        { class: "links" },
        START.ways.map(([href, name, note]) =>
          h("li", {}, h("a", { href }, name), h("span", { class: "note" }, note)),
        ),
      ),
    ),
  ),
];

/** For what no one foresaw: a page that says so, never an empty one. */
export const UNEXPECTED = { type: "unexpected" };

const TRY_AGAIN = new Set([
  "gone",
  "unexpected",
  "/problems/no-publication",
  "/problems/database-unavailable",
  "/problems/internal-error",
]);

/** What of the state the problem is about. */
const asked = ({ parameter, value, errors }, state) =>
  value ?? state[errors?.[0]?.parameter ?? parameter] ?? state.from ?? "";

const kind = (problem) =>
  problem.errors?.[0]?.parameter === "domain" ? { type: "domain" } : problem;

/** A refusal as [heading, sentence]. */
export const said = (problem, state) =>
  problemWords(
    { refusedKey: hasKey(), ...kind(problem) },
    String(asked(problem, state) || state.to[0] || ""),
    problem.domain ?? state.domain,
  );

/** Where the service has keys: a field for one. */
function keyForm(again) {
  const field = h("input", {
    id: "key",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const submit = (event) => {
    event.preventDefault();
    keepKey(field.value.trim());
    again();
  };
  const label = h("label", { for: "key" }, PROBLEM.keyLabel);
  return h(
    "form",
    { class: "key", submit },
    h("div", { class: "field" }, label, field),
    h("button", {}, PROBLEM.keySend),
  );
}

/** A refusal with what there is instead, or a way to ask again; a place for the other side. */
export function problemView(problem, state, again, otherSide) {
  const near = problem.near ?? problem.candidates ?? [];
  const side = problem.parameter === "to" ? "to" : "from";
  const [title, sentence] = said(problem, state);
  const isDomain = problem.type === "/problems/not-loaded" || kind(problem).type === "domain";
  const [first] = Object.keys(DOMAINS);
  return [
    h(
      "section",
      { class: "card title" },
      h("h1", {}, title),
      h("p", { class: "lead" }, sentence),
      otherSide,
      problem.type === "/problems/key-required" ? keyForm(again) : null,
      near.length
        ? [
            h("h2", {}, problem.candidates ? PROBLEM.which : PROBLEM.near),
            links(near, (code) => link({ ...state, [side]: code })),
          ]
        : null,
      isDomain
        ? h(
            "p",
            {},
            h("a", { href: link({ ...state, domain: first }) }, PROBLEM.other(DOMAINS[first].tab)),
          )
        : null,
      TRY_AGAIN.has(problem.type) || problem.status >= 500
        ? h("p", {}, h("button", { type: "button", click: again }, PROBLEM.retry))
        : null,
      problem.request_id
        ? h(
            "details",
            { class: "note" },
            h("summary", {}, PROBLEM.details),
            h("p", {}, problem.type.replace("/problems/", "")),
            h("p", {}, PROBLEM.request(problem.request_id)),
          )
        : null,
    ),
  ];
}

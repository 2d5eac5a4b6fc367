// Two occupations, element by element: the answer of /compare in a sentence, rows, a filter.

import { address, saveFile } from "./api.js";
import { parts, signs } from "./chart.js";
import { h, select } from "./dom.js";
import { link, note } from "./state.js";
import { levels } from "./table.js";
import {
  FILTER,
  FILTERS,
  GROUPS,
  LEGEND,
  METHOD,
  nounOf,
  releaseName,
  sentence,
  UI,
} from "./words.js";

/** The sentence with what stands out in it. */
export const lead = ([strong, rest]) =>
  h("p", { class: "lead" }, strong ? h("strong", {}, strong) : null, rest);

/** What is to be said aloud once the answer is there. */
export const gapSpoken = (answer) =>
  `${answer.from.title}${UI.to}${answer.to.title}. ${sentence(answer).join("")}`;

export const heading = (from, to) =>
  h(
    "h1",
    { elementtiming: "answer" },
    from,
    h("span", { class: "unseen" }, UI.to),
    h("span", { "aria-hidden": "true" }, " → "),
    to,
  );

/** How many are to learn, unsure and met, as one bar with its words. */
export function overview(counts) {
  const drawn = Object.entries(GROUPS)
    .map(([verdict, { mark, short }]) => [mark, counts[verdict] ?? 0, short])
    .filter(([, number]) => number);
  return h(
    "div",
    { class: "overview" },
    parts(drawn),
    h(
      "ul",
      {},
      drawn.map(([mark, number, short]) =>
        h("li", { class: mark }, h("strong", {}, number), " ", short),
      ),
    ),
  );
}

/** The whole answer as elements; `opened` is the id of the element whose row is to be open. */
export function gapView(answer, state, tabs, opened) {
  const { from, to, domain, counts, elements, publication } = answer;
  const same = from.code === to.code;
  return [
    h(
      "section",
      { class: "card title" },
      h("p", { class: "kicker" }, `${nounOf(domain).tab} · ${releaseName(publication.release)}`),
      heading(from.title, to.title),
      lead(sentence(answer)),
      elements.length && !same ? overview(counts) : null,
      actions(answer),
    ),
    tabs,
    h(
      "section",
      { class: "card rows", "aria-label": nounOf(domain).tab },
      elements.length ? narrowed(answer, state, opened) : null,
      elements.length ? method() : null,
    ),
    h(
      "p",
      { class: "paper note" },
      `${from.code} → ${to.code}`,
      h("br"),
      location.href.split("#")[0],
    ),
  ];
}

/** The filter, and the rows that it leaves. */
function narrowed({ domain, counts, elements }, state, opened) {
  const narrowing = { show: state.show, importance: state.importance };
  const groups = h("div", { class: "groups" });
  const left = h("p", { class: "note", role: "status" });
  const draw = () => {
    const rows = elements.filter((each) => shows(each, narrowing));
    const all = rows.length === elements.length;
    groups.replaceChildren(
      ...(rows.length
        ? drawGroups(rows, domain, opened, !counts.higher || !all)
        : [h("p", {}, FILTER.none)]),
    );
    left.textContent = all ? "" : FILTER.left(rows.length, elements.length);
    note({ ...state, ...narrowing });
  };
  const change = (name) => (value) => {
    narrowing[name] = value;
    draw();
  };
  draw();
  return [filter(counts, narrowing, change), left, counts.higher ? legend() : null, groups];
}

const shows = (each, { show, importance }) =>
  (show === "elements" || each[`is_${show}`] === 1) &&
  (!importance || each.to_importance >= Number(importance));

function drawGroups(rows, domain, opened, isOpen) {
  return Object.entries(GROUPS).flatMap(([verdict, { title, mark }]) => {
    const some = rows.filter((each) => each.verdict === verdict);
    if (!some.length) return [];
    const name = h("h2", {}, `${title} (${some.length})`);
    const table = levels(some, title, domain, opened);
    if (verdict !== "met") return h("section", { class: mark }, name, table);
    const open = isOpen || some.some((each) => each.element_id === opened);
    return h("details", { class: "met", open }, h("summary", {}, name), table);
  });
}

function filter(counts, { show, importance }, change) {
  const buttons = FILTERS.map(([name, text, tip]) =>
    h(
      "span",
      { class: "tipped" },
      h("input", {
        type: "radio",
        name: "show",
        id: `show-${name}`,
        value: name,
        checked: name === show,
        "aria-describedby": `tip-${name}`,
        change: () => change("show")(name),
      }),
      h("label", { for: `show-${name}` }, `${text} `, h("span", { class: "count" }, counts[name])),
      h("span", { class: "tip", role: "tooltip", id: `tip-${name}` }, tip),
    ),
  );
  return h(
    "div",
    { class: "filter" },
    h("fieldset", {}, h("legend", {}, FILTER.show), buttons),
    select("importance", FILTER.importance, FILTER.importances, importance, change("importance")),
  );
}

const legend = () =>
  h(
    "p",
    { class: "legend" },
    h("span", {}, signs.now(), LEGEND.now),
    h("span", {}, signs.needed(), LEGEND.needed),
    h("span", {}, signs.band(), LEGEND.band),
    h("span", { class: "screen" }, LEGEND.hint),
  );

export const method = (paragraphs = METHOD) =>
  h(
    "details",
    { class: "method" },
    h("summary", {}, UI.method),
    paragraphs.map((each) => h("p", {}, each)),
  );

const actions = ({ from, to, domain }) =>
  h(
    "p",
    { class: "actions screen" },
    from.code === to.code
      ? null
      : h(
          "a",
          { class: "button", href: link({ from: from.code, to: to.code, view: "plan" }) },
          UI.printPlan,
        ),
    h("button", { type: "button", click: () => print() }, UI.print),
    h(
      "a",
      {
        href: address("compare", { from: from.code, to: to.code, domain, format: "csv" }),
        download: true,
        click: saveFile,
      },
      UI.saveCsv,
    ),
    h(
      "a",
      { href: link({ from: from.code, to: to.code, view: "rate" }) },
      UI.rateAgainst(to.title),
    ),
    h("a", { href: link({ from: from.code }) }, UI.profileOf(from.title)),
    from.code === to.code
      ? null
      : h("a", { href: link({ from: to.code }) }, UI.profileOf(to.title)),
  );

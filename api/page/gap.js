// Two occupations, element by element: the answer of /compare as a sentence, three groups of rows, and what the words mean.

import { address, saveFile } from "./api.js";
import { arrow, axis, signs } from "./chart.js";
import { h } from "./dom.js";
import { link, mark } from "./state.js";
import { DEFINITIONS, figure, nounOf, releaseName, sentence, signed } from "./words.js";

const GROUPS = [
  { verdict: "clearly_higher", title: "To learn: clearly higher", mark: "clear" },
  { verdict: "too_close_to_tell", title: "Too close to tell", mark: "close" },
  { verdict: "higher_without_error", title: "Higher, with no published error to judge by", mark: "close" },
  { verdict: "met", title: "Already met", mark: "met" },
];
const REAL = {
  clearly_higher: "clear",
  too_close_to_tell: "too close to tell",
  higher_without_error: "no error published",
  met: "met",
};

/** The whole answer as elements; `opened` is the id of the element whose row is to be open. */
export function gapView(answer, opened) {
  const { from, to, domain, counts, elements, publication } = answer;
  const { tab } = nounOf(domain);
  const met = elements.filter((each) => each.verdict === "met");
  return [
    h("p", { class: "kicker" }, `${tab} · ${releaseName(publication.release)}`),
    h("h1", { elementtiming: "answer" }, from.title, h("span", { class: "unseen" }, " to "), h("span", { "aria-hidden": "true" }, " → "), to.title),
    h("p", { class: "lead" }, sentence(answer)),
    counts.higher ? legend() : null,
    GROUPS.slice(0, 3).map((group) => {
      const rows = elements.filter((each) => each.verdict === group.verdict);
      return rows.length ? h("section", { class: group.mark }, h("h2", {}, `${group.title} (${rows.length})`), table(rows, group, domain, opened)) : null;
    }),
    met.length
      ? h(
          "details",
          { class: "met", open: !counts.higher || met.some((each) => each.element_id === opened) },
          h("summary", {}, h("h2", {}, `${GROUPS[3].title} (${met.length})`)),
          table(met, GROUPS[3], domain, opened),
        )
      : null,
    elements.length ? definitions(counts) : null,
    h("div", { id: "labor" }),
    h("div", { id: "more" }),
    actions(answer),
  ];
}

/** What is to be said aloud once the answer is there. */
export const gapSpoken = (answer) => h("p", {}, `${answer.from.title} to ${answer.to.title}. `, sentence(answer)).textContent;

const legend = () =>
  h(
    "p",
    { class: "legend" },
    h("span", {}, signs.now(), " now"),
    " ",
    h("span", {}, signs.needed(), " needed"),
    " ",
    h("span", {}, signs.band(), " 95 % margin of the gap."),
    " Ring outside the band: the gap is clear.",
    h("span", { class: "screen" }, " Choose a name for what it and its levels mean."),
  );

function table(rows, group, domain, opened) {
  const { one } = nounOf(domain);
  const head = ["name", "now", "chart", "needed", "gap", "real"];
  const words = { name: one[0].toUpperCase() + one.slice(1), now: "now", needed: "needed", gap: "gap", real: "is it real?" };
  return h(
    "table",
    { role: "table", class: "levels" },
    h("caption", { class: "unseen" }, `${group.title}: level now and needed, 0 to 7`),
    h(
      "thead",
      { role: "rowgroup" },
      h("tr", { role: "row" }, head.map((name) => h("th", { role: "columnheader", scope: "col", class: name }, name === "chart" ? [h("span", { class: "unseen" }, "picture"), axis()] : words[name]))),
    ),
    h("tbody", { role: "rowgroup" }, rows.map((element) => row(element, element.element_id === opened))),
  );
}

function row(element, open) {
  const id = `about-${element.element_id}`;
  const about = h("tr", { role: "row", class: "about", id, hidden: !open }, h("td", { role: "cell", colspan: "6" }, details(element)));
  const toggle = (event) => {
    about.hidden = !about.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!about.hidden));
    mark(about.hidden ? "" : element.element_id);
  };
  const said = [REAL[element.verdict]];
  if (element.is_missing) said.push("from zero");
  if (element.is_newly_relevant && !element.is_missing) said.push("newly relevant");
  const cell = (name, ...children) => h("td", { role: "cell", class: name }, ...children);
  return [
    h(
      "tr",
      { role: "row", id: element.element_id },
      h("th", { role: "rowheader", scope: "row", class: "name" }, h("button", { type: "button", class: "open", "aria-expanded": String(open), "aria-controls": id, click: toggle }, element.element_name)),
      cell("now", figure(element.from_level)),
      cell("chart scale", arrow(element)),
      cell("needed", figure(element.to_level)),
      cell("gap", signed(element.level_gap)),
      cell("real", said.join(" · ")),
    ),
    about,
  ];
}

function details(element) {
  const { from_importance: before, to_importance: after, gap_margin: margin } = element;
  return h(
    "dl",
    {},
    element.element_description ? [h("dt", {}, "What it is"), h("dd", {}, element.element_description, element.group_name ? ` (${element.group_name})` : "")] : null,
    h("dt", {}, "Now"),
    h("dd", {}, inWords(element.from_level, element.from_anchor_level, element.from_anchor), ` Importance ${figure(before)} of 5.`),
    h("dt", {}, "Needed"),
    h("dd", {}, inWords(element.to_level, element.to_anchor_level, element.to_anchor), ` Importance ${figure(after)} of 5.`),
    h("dt", {}, "Gap"),
    h("dd", {}, `${signed(element.level_gap)}${margin === null ? ", with no published error" : ` ± ${figure(margin)} (95 %)`}.`, element.is_low_precision ? " O*NET advises against relying on one of the two levels." : "", element.is_supplemented ? " A rating is from O*NET Web Services, not in the release." : ""),
  );
}

/** A level with O*NET's own example of it, where there is one. */
const inWords = (level, anchorLevel, anchor) => {
  if (level === 0) return "Level 0: not needed at all.";
  return anchor ? `Level ${figure(level)}; nearest example, level ${anchorLevel}: “${anchor}”.` : `Level ${figure(level)} of 7.`;
};

const definitions = (counts) =>
  h(
    "section",
    { class: "definitions" },
    h("h2", {}, "Three ways to read “does not have”"),
    h("dl", {}, DEFINITIONS.map(([name, title, meaning]) => [h("dt", {}, `${title}: ${counts[name]}`), h("dd", {}, meaning)])),
    h("p", { class: "note" }, "Each level is the mean of a few raters on a scale of 0 to 7. “Clear” is a gap above its 95 % margin: Welch’s t × the standard error of the gap, no error taken below 1/N. It speaks of one row at a time."),
  );

const actions = ({ from, to, domain }) => [
  h(
    "p",
    { class: "actions screen" },
    h("a", { href: address("compare", { from: from.code, to: to.code, domain, format: "csv" }), download: true, click: saveFile }, "Download as CSV"),
    h("button", { type: "button", click: () => print() }, "Print"),
    h("a", { href: link({ from: from.code }) }, `Profile: ${from.title}`),
    from.code === to.code ? null : h("a", { href: link({ from: to.code }) }, `Profile: ${to.title}`),
  ),
  h("p", { class: "paper note" }, `${from.code} → ${to.code} · ${location.href.split("#")[0]}`),
];

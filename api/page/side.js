// One starting point, up to four targets, side by side.

import { ask, askOccupation } from "./api.js";
import { level } from "./chart.js";
import { h } from "./dom.js";
import { method, overview } from "./gap.js";
import { medianPay } from "./labor.js";
import { CODE, link } from "./state.js";
import {
  education,
  figure,
  GROUPS,
  jobs,
  jobZone,
  LABOR,
  nounOf,
  problemWords,
  SIDE,
  signed,
  UI,
} from "./words.js";

/** Asks for each target; what is not rated comes as a refusal in its place. */
export async function askSides({ from, to, domain }, signal) {
  const pairs = await Promise.allSettled(
    to.map((each) => ask("compare", { from, to: each, domain }, signal)),
  );
  const there = pairs.filter(({ value }) => value);
  if (!there.length) throw pairs[0].reason;
  const answers = there.map(({ value }) => value);
  const problems = pairs.map(({ reason }) => reason?.problem).filter(Boolean);
  const broken = pairs.find(({ reason }) => reason && !reason.problem);
  if (broken) throw broken.reason;
  const [about, refused] = await Promise.all([
    Promise.all(answers.map(({ to: { code } }) => askOccupation(code, signal))),
    Promise.all(problems.map((problem) => named(problem, signal))),
  ]);
  const sides = answers.map((answer, at) => ({ answer, about: about[at] }));
  sides.sort((a, b) => a.answer.counts.clearly_higher - b.answer.counts.clearly_higher);
  return { sides, refused };
}

/** A refusal with the title of the occupation that it is about, where there is such a one. */
async function named(problem, signal) {
  const about = CODE.test(problem.value ?? "") ? await askOccupation(problem.value, signal) : null;
  return { problem, name: about?.occupation.title ?? problem.value, isKnown: Boolean(about) };
}

/** All of it: a summary of each target, and a table of levels. */
export function sideView({ sides, refused }, state, tabs) {
  const { from, domain, publication } = sides[0].answer;
  const { tab } = nounOf(domain);
  const bls = sides.map(({ about }) => about).find((about) => about?.wage || about?.outlook);
  return [
    h(
      "section",
      { class: "card title" },
      h("p", { class: "kicker" }, SIDE.kicker(tab, publication.release)),
      h("h1", { elementtiming: "answer" }, SIDE.title(from.title)),
      h("p", { class: "lead" }, SIDE.lead(sides.length)),
      refused.map(({ problem, name }) => h("p", {}, problemWords(problem, name, domain)[1])),
      h(
        "p",
        { class: "actions screen" },
        h("button", { type: "button", click: () => print() }, UI.print),
      ),
    ),
    tabs,
    h(
      "div",
      { class: "sides" },
      sides.map((side) => summary(side, state)),
    ),
    bls ? h("p", { class: "note" }, LABOR.attribution({ ...bls, programs_of_study: [] })) : null,
    h(
      "section",
      { class: "card rows" },
      h("h2", {}, SIDE.table(tab)),
      h("p", { class: "note" }, SIDE.key),
      table(sides),
      method(),
    ),
    h("p", { class: "paper note" }, location.href.split("#")[0]),
  ];
}

function summary({ answer, about }, state) {
  const { from, to, counts } = answer;
  const line = (name, text) => (text ? [h("dt", {}, name), h("dd", {}, text)] : null);
  const { wage, outlook } = about ?? {};
  const matched = (of) => (of.is_shared ? LABOR.matched(of.match) : "");
  return h(
    "section",
    { class: "card" },
    h("h2", {}, h("a", { href: link({ ...state, from: from.code, to: to.code }) }, to.title)),
    overview(counts),
    h(
      "dl",
      { class: "facts" },
      wage ? line(SIDE.pay, medianPay(wage) + matched(wage)) : null,
      outlook?.annual_openings
        ? line(SIDE.openings, jobs(outlook.annual_openings) + matched(outlook))
        : null,
      about ? line(SIDE.education, education(about.education.typical)) : null,
      about ? line(SIDE.preparation, jobZone(about.occupation.job_zone)) : null,
    ),
  );
}

/** Elements by the largest difference of any target. */
function table(sides) {
  const rows = new Map();
  for (const { answer } of sides)
    for (const each of answer.elements) {
      const row = rows.get(each.element_id) ?? {
        name: each.element_name,
        now: each.from_level,
        most: -Infinity,
        cells: new Map(),
      };
      row.cells.set(answer.to.code, each);
      row.most = Math.max(row.most, each.level_gap);
      rows.set(each.element_id, row);
    }
  const sorted = [...rows.values()].sort(
    (a, b) => b.most - a.most || a.name.localeCompare(b.name, "en"),
  );
  const { from, domain } = sides[0].answer;
  const heading = (name, text) =>
    h("th", { role: "columnheader", scope: "col", class: name }, text);
  return h(
    "table",
    { role: "table", class: "side" },
    h("caption", { class: "unseen" }, SIDE.caption(from.title, nounOf(domain).tab)),
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        heading("name", nounOf(domain).tab),
        heading("now", SIDE.today),
        sides.map(({ answer }) => heading("target", answer.to.title)),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      sorted.map((row) => tableRow(row, sides)),
    ),
  );
}

const tableRow = (row, sides) =>
  h(
    "tr",
    { role: "row" },
    h("th", { role: "rowheader", scope: "row", class: "name" }, row.name),
    h(
      "td",
      { role: "cell", class: "now" },
      h("span", { class: "label" }, `${SIDE.today} `),
      figure(row.now),
    ),
    sides.map(({ answer }) => sideCell(row.cells.get(answer.to.code), answer.to.title)),
  );

function sideCell(each, target) {
  if (!each) return h("td", { role: "cell", class: "target" }, "–");
  const { mark } = GROUPS[each.verdict];
  return h(
    "td",
    { role: "cell", class: `target ${mark}` },
    h("span", { class: "label", "aria-hidden": "true" }, target),
    h("span", { class: "chart" }, level(each.to_level, each.from_level)),
    h(
      "span",
      { class: "figure" },
      figure(each.to_level),
      " ",
      h("span", { class: "by" }, mark === "clear" ? signed(each.level_gap) : ""),
    ),
    h("span", { class: "unseen" }, SIDE.gapWord[each.verdict]),
  );
}

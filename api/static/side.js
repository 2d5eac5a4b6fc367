// One starting point, up to four targets, side by side.

import { ask, askOccupation } from "./api.js";
import { level } from "./chart.js";
import { h, present } from "./dom.js";
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
  const refused = await Promise.all(problems.map((problem) => named(problem, signal)));
  answers.sort((a, b) => a.counts.clearly_higher - b.counts.clearly_higher);
  return { answers, refused };
}

/** A refusal with the title of the occupation that it is about, where there is such a one. */
async function named(problem, signal) {
  const about = CODE.test(problem.value ?? "") ? await askOccupation(problem.value, signal) : null;
  return { problem, name: about?.occupation.title ?? problem.value, isKnown: Boolean(about) };
}

/** All of it: a summary of each target, and a table of levels. `fill` adds what comes later. */
export function sideView({ answers, refused }, state, tabs) {
  const { from, domain, publication } = answers[0];
  const { tab } = nounOf(domain);
  // room for what comes, so that nothing moves
  const isPaid = answers.some(({ pay }) => pay);
  const facts = answers.map(() => h("dl", { class: isPaid ? "facts paid" : "facts" }));
  const source = h("p", { class: isPaid ? "note source" : "note" });
  const fill = (abouts) => {
    abouts.forEach((about, at) => facts[at].replaceChildren(...factsOf(about)));
    const bls = abouts.find((about) => about?.wage || about?.outlook);
    if (bls) source.textContent = LABOR.attribution({ ...bls, programs_of_study: [] });
  };
  const children = [
    h(
      "section",
      { class: "card title" },
      h("p", { class: "kicker" }, SIDE.kicker(tab, publication.release)),
      h("h1", { elementtiming: "answer" }, SIDE.title(from.title)),
      h("p", { class: "lead" }, SIDE.lead(answers.length)),
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
      answers.map((answer, at) => summary(answer, facts[at], state)),
    ),
    source,
    h(
      "section",
      { class: "card rows" },
      h("h2", {}, SIDE.table(tab)),
      h("p", { class: "note" }, SIDE.key),
      table(answers),
      method(),
    ),
    h("p", { class: "paper note" }, location.href.split("#")[0]),
  ];
  return { children, fill };
}

const summary = ({ from, to, counts }, facts, state) =>
  h(
    "section",
    { class: "card" },
    h("h2", {}, h("a", { href: link({ ...state, from: from.code, to: to.code }) }, to.title)),
    overview(counts),
    facts,
  );

/** Pay, openings, education and preparation, as far as they are known. */
function factsOf(about) {
  if (!about) return [];
  const line = (name, text) => (text ? [h("dt", {}, name), h("dd", {}, text)] : null);
  const { wage, outlook } = about;
  const matched = (of) => (of.is_shared ? LABOR.matched(of.match) : "");
  return present([
    wage ? line(SIDE.pay, medianPay(wage) + matched(wage)) : null,
    outlook?.annual_openings
      ? line(SIDE.openings, jobs(outlook.annual_openings) + matched(outlook))
      : null,
    line(SIDE.education, education(about.education.typical)),
    line(SIDE.preparation, jobZone(about.occupation.job_zone)),
  ]);
}

/** Elements by the largest difference of any target. */
function table(answers) {
  const rows = new Map();
  for (const answer of answers)
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
  const { from, domain } = answers[0];
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
        answers.map(({ to }) => heading("target", to.title)),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      sorted.map((row) => tableRow(row, answers)),
    ),
  );
}

const tableRow = (row, answers) =>
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
    answers.map(({ to }) => sideCell(row.cells.get(to.code), to.title)),
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

// Pay, outlook and programs of study, from BLS's figures: nothing where the service has none.

import { range } from "./chart.js";
import { card, elsewhere, folded, h } from "./dom.js";
import { change, dollars, LABOR, UI } from "./words.js";

const PROGRAMS = 5;

/** The card for one occupation or two, the last being where one goes; `pay` is of /compare. */
export function laborCard(answers, pay) {
  const target = answers.at(-1);
  if (!target || !answers.some(({ wage, outlook }) => wage || outlook)) return null;
  const ends = answers.map(
    ({ wage }) => wage?.annual.p90 ?? wage?.annual.p75 ?? wage?.annual.median ?? 0,
  );
  return card(
    "labor",
    LABOR.title,
    answers.some(({ wage }) => wage)
      ? [payList(answers, Math.max(...ends)), h("p", { class: "note" }, LABOR.key)]
      : null,
    pay && answers.length > 1 ? h("p", {}, changeInWords(answers, pay)) : null,
    target.outlook ? h("p", { class: "outlook" }, outlookInWords(target)) : null,
    programs(target),
    h("p", { class: "note" }, LABOR.attribution(target)),
  );
}

const payList = (answers, top) =>
  h(
    "dl",
    { class: "pay" },
    answers.map((answer) => payOf(answer, top)),
  );

/** The median of a year, or of an hour where BLS publishes that alone; "–" where unknown. */
export function medianPay(wage) {
  if (wage?.match_kind === "hourly_only") return LABOR.hour(wage.hourly.median);
  return dollars(wage?.annual.median, wage?.annual.at_least?.includes("median"));
}

function payOf({ occupation, wage }, top) {
  const { annual } = wage ?? { annual: {} };
  const isAtLeast = (name) => annual.at_least?.includes(name);
  const known = annual.p10 !== null && annual.p10 !== undefined;
  const ends =
    known &&
    LABOR.range(dollars(annual.p10, isAtLeast("p10")), dollars(annual.p90, isAtLeast("p90")));
  return h(
    "div",
    {},
    h(
      "dt",
      {},
      occupation.title,
      wage?.is_shared ? h("span", { class: "note" }, LABOR.matched(wage.match)) : null,
    ),
    h(
      "dd",
      {},
      known ? h("span", { class: "chart" }, range(annual, top)) : null,
      h("strong", { class: "median" }, LABOR.median(medianPay(wage))),
      ends ? h("span", { class: "range" }, ends) : null,
    ),
  );
}

/** What changes in pay from the first to the last. */
export function changeInWords(
  answers,
  { median_annual_wage_change: by, is_change_at_least: isAtLeast },
) {
  if (by !== null) return [h("strong", {}, change(by, isAtLeast)), LABOR.changed];
  const [source, target] = answers.map(({ wage }) => wage?.matched_to?.code);
  return source && source === target ? LABOR.sharedGroup : LABOR.unknownChange;
}

/** A sentence on the outlook. */
export function outlookInWords({ occupation, outlook }) {
  const { match_kind: kind, match, employment, projected_employment: then } = outlook;
  const { employment_change_percent: percent, handbook_address: handbook } = outlook;
  if (kind === "none") return LABOR.noOutlook(occupation.title);
  return [
    h("strong", {}, LABOR.openings(outlook.annual_openings)),
    LABOR.outlook(percent, employment, then),
    outlook.is_shared ? LABOR.matched(match) : "",
    outlook.education ? LABOR.entry(outlook.education) : "",
    ". ",
    handbook ? elsewhere(handbook, LABOR.handbook, UI.opensElsewhere) : null,
  ];
}

function programs({ occupation, programs_of_study: all }) {
  const list = (some) =>
    h(
      "ul",
      {},
      some.map(({ code, title }) => h("li", {}, `${title} `, h("span", { class: "code" }, code))),
    );
  return all.length
    ? [
        h("h3", {}, LABOR.programs(occupation.title, all.length)),
        folded(all, PROGRAMS, list, UI.more),
      ]
    : null;
}

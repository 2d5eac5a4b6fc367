// Pay, outlook and programs of study, from BLS's figures: nothing at all where the service has none.

import { askIfThere } from "./api.js";
import { range } from "./chart.js";
import { byId, h } from "./dom.js";

const PROGRAMS = 8;
const whole = (value) => Math.round(value).toLocaleString("en");
const MINUS = "−";

/** Dollars, as "$97,550"; "at least" where it is a top code. */
export const dollars = (value, isAtLeast) => (value === null || value === undefined ? "–" : `${isAtLeast ? "at least " : ""}$${whole(value)}`);

/** A change with its sign, as "+$34,750". */
export const change = (value, isAtLeast) =>
  value === null || value === undefined ? "–" : `${isAtLeast ? "at least " : ""}${value < 0 ? MINUS : "+"}$${whole(Math.abs(value))}`;

export const jobs = (value) => (value === null || value === undefined ? "–" : whole(value));

/** Under a gap: what both sides earn, what changes, and the target's outlook. `pay` is the member of /compare. */
export async function addLabor({ from, to, pay }, signal) {
  if (!pay) return;
  const codes = from.code === to.code ? [to.code] : [from.code, to.code];
  const answers = await Promise.all(codes.map((code) => askIfThere(`occupations/${encodeURIComponent(code)}`, {}, signal)));
  const told = answers.filter(Boolean);
  byId("labor").replaceChildren(...[laborSection(told, pay)].filter(Boolean));
}

/** The section for one occupation or two, the last of which is where one goes; null where there is nothing to say. */
export function laborSection(answers, pay) {
  const target = answers.at(-1);
  if (!target || !answers.some(({ wage, outlook }) => wage || outlook)) return null;
  const top = Math.max(...answers.map(({ wage }) => wage?.annual.p90 ?? wage?.annual.p75 ?? wage?.annual.median ?? 0));
  const programs = target.programs_of_study;
  return h(
    "section",
    { class: "labor" },
    h("h2", {}, "Pay and outlook"),
    answers.some(({ wage }) => wage) ? payTable(answers, top) : null,
    pay ? h("p", {}, changeInWords(answers, pay)) : null,
    target.outlook ? h("p", { class: "outlook" }, outlookInWords(target)) : null,
    programs.length ? programsOfStudy(target.occupation, programs) : null,
    h("p", { class: "note" }, attribution(target)),
  );
}

function payTable(answers, top) {
  const columns = { name: "Occupation", chart: "a tenth earn less | median | a tenth earn more", range: "range a year", median: "median" };
  return h(
    "table",
    { role: "table" },
    h("caption", { class: "unseen" }, "Annual wages: tenth, fiftieth and ninetieth percentile"),
    h(
      "thead",
      { role: "rowgroup" },
      h("tr", { role: "row" }, Object.entries(columns).map(([name, words]) => h("th", { role: "columnheader", scope: "col", class: name }, words))),
    ),
    h("tbody", { role: "rowgroup" }, answers.map((answer) => payRow(answer, top))),
  );
}

function payRow({ occupation, wage }, top) {
  const { annual, hourly } = wage ?? { annual: {}, hourly: {} };
  const isAtLeast = (name) => annual.at_least?.includes(name);
  const isHourly = wage?.match_kind === "hourly_only";
  const cell = (name, ...content) => h("td", { role: "cell", class: name }, ...content);
  const median = isHourly ? `$${hourly.median.toFixed(2)} an hour` : dollars(annual.median ?? null, isAtLeast("median"));
  const known = annual.p10 !== null && annual.p10 !== undefined;
  return h(
    "tr",
    { role: "row" },
    h("th", { role: "rowheader", scope: "row", class: "name" }, occupation.title, wage?.is_shared ? h("span", { class: "note" }, ` ${wage.match}`) : null),
    cell("chart", known ? range(annual, top) : null),
    cell("range", known ? `${dollars(annual.p10, isAtLeast("p10"))} to ${dollars(annual.p90, isAtLeast("p90"))}` : "–"),
    cell("median", median),
  );
}

function changeInWords(answers, pay) {
  if (answers.length < 2) return "";
  const [source, target] = answers;
  const { median_annual_wage_change: by, is_change_at_least: isAtLeast } = pay;
  const goes = `${source.occupation.title} → ${target.occupation.title}: `;
  if (by === null) {
    const shared = source.wage?.matched_to && source.wage.matched_to.code === target.wage?.matched_to?.code;
    return `${goes}${shared ? "both are in the same group of BLS, which publishes one figure for them" : "the change in median pay is not known"}.`;
  }
  return [goes, h("strong", {}, `${change(by, isAtLeast)} a year`), " in median pay."];
}

function outlookInWords({ occupation, outlook }) {
  const { vintage, match_kind: kind, match, employment, projected_employment: then, employment_change_percent: percent, annual_openings: openings, education, handbook_address: handbook } = outlook;
  if (kind === "none") return `BLS projects nothing for ${occupation.title}.`;
  const grows = percent < 0 ? `shrink by ${Math.abs(percent)} %` : `grow by ${percent} %`;
  return [
    `${occupation.title}, ${vintage}: `,
    h("strong", {}, `${jobs(openings)} openings a year`),
    `; jobs ${grows}, from ${jobs(employment)} to ${jobs(then)}`,
    outlook.is_shared ? ` (figures ${match})` : "",
    education ? `. Typical entry: ${education}` : "",
    ". ",
    handbook ? h("a", { href: handbook, rel: "noreferrer" }, "Occupational Outlook Handbook") : null,
  ];
}

function programsOfStudy({ title }, programs) {
  const list = (some) => h("ul", {}, some.map(({ code, title: name }) => h("li", {}, `${name} `, h("span", { class: "code" }, code))));
  const rest = programs.slice(PROGRAMS);
  return [
    h("h3", {}, `Programs of study that lead to ${title} (${programs.length})`),
    list(programs.slice(0, PROGRAMS)),
    rest.length ? h("details", {}, h("summary", {}, `${rest.length} more`), list(rest)) : null,
  ];
}

function attribution({ wage, outlook, programs_of_study: programs }) {
  const said = [];
  if (wage) said.push(`wages: Occupational Employment and Wage Statistics, ${wage.vintage}, national, without the self-employed`);
  if (outlook) said.push(`outlook: Employment Projections ${outlook.vintage}`);
  const bls = said.length ? `Source: U.S. Bureau of Labor Statistics (${said.join("; ")}). ` : "";
  return bls + (programs.length ? "Programs: CIP 2020 by O*NET-SOC 2019, O*NET Resource Center (USDOL/ETA), CC BY 4.0." : "");
}

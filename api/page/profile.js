// One occupation: what it is, and its most important elements of each domain with their levels.

import { level, axis } from "./chart.js";
import { h } from "./dom.js";
import { figure, nounOf, releaseName, DOMAINS } from "./words.js";

const SHOWN = 10;

/** The answer of /occupations/{code} and, per domain, that of /compare with itself; null where the occupation is not rated in it. */
export function profileView(answer, domains) {
  const { occupation, publication, education, reported_titles: titles, tasks, not_loaded: notLoaded } = answer;
  return [
    h("p", { class: "kicker" }, `Profile · ${releaseName(publication.release)}`),
    h("h1", { elementtiming: "answer" }, occupation.title),
    h("p", { class: "lead" }, occupation.description),
    h("p", { class: "note" }, occupation.code, occupation.job_zone ? ` · Job zone ${occupation.job_zone} of 5` : "", ". Levels go from 0 to 7, importance from 1 to 5; the most important come first."),
    h(
      "dl",
      { class: "facts" },
      fact("Also called", titles?.slice(0, 8).join(", "), notLoaded.includes("reported_titles")),
      fact("Typical education", education?.typical?.description && `${education.typical.description} (${Math.round(education.typical.percent)} % of answers)`, notLoaded.includes("education")),
      fact("Tasks", "", notLoaded.includes("tasks")),
    ),
    h("div", { class: "panels" }, Object.keys(DOMAINS).map((domain, place) => panel(domain, domains[place], occupation, notLoaded))),
    tasks?.length ? h("section", {}, h("h2", {}, "What weighs most in the work"), h("ul", {}, tasks.slice(0, 6).map(({ task }) => h("li", {}, task)))) : null,
    h("div", { id: "more" }),
    h("p", { class: "actions screen" }, h("button", { type: "button", click: () => print() }, "Print")),
    h("p", { class: "paper note" }, `${occupation.code} · ${location.href.split("#")[0]}`),
  ];
}

/** A line of facts: what there is, or that it is not loaded. */
const fact = (name, text, isNotLoaded) => (text || isNotLoaded ? [h("dt", {}, name), h("dd", {}, text || "not loaded here")] : null);

function panel(domain, answer, occupation, notLoaded) {
  const { tab, many } = nounOf(domain);
  if (!answer) {
    const why = notLoaded.includes(domain) ? `Not loaded here: the release was loaded without its ${many}.` : `O*NET publishes no ratings of its ${many}.`;
    return h("section", { class: "panel" }, h("h2", {}, tab), h("p", {}, why));
  }
  const ranked = [...answer.elements].sort((a, b) => (b.from_importance ?? 0) - (a.from_importance ?? 0) || b.from_level - a.from_level);
  const rest = ranked.slice(SHOWN);
  return h(
    "section",
    { class: "panel" },
    h("h2", {}, tab),
    levels(ranked.slice(0, SHOWN), `${occupation.title}: the most important ${many}`, true),
    rest.length ? h("details", {}, h("summary", {}, `${rest.length} more`), levels(rest, `${occupation.title}: the other ${many}`, false)) : null,
  );
}

const levels = (elements, caption, headed) =>
  h(
    "table",
    { role: "table", class: "levels profile" },
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      { role: "rowgroup", class: headed ? null : "unseen" },
      h(
        "tr",
        { role: "row" },
        h("th", { role: "columnheader", scope: "col", class: "name" }, "Name"),
        h("th", { role: "columnheader", scope: "col", class: "chart" }, h("span", { class: "unseen" }, "picture"), axis()),
        h("th", { role: "columnheader", scope: "col", class: "needed" }, "level"),
        h("th", { role: "columnheader", scope: "col", class: "gap" }, "import."),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      elements.map((each) =>
        h(
          "tr",
          { role: "row" },
          h("th", { role: "rowheader", scope: "row", class: "name" }, each.element_name),
          h("td", { role: "cell", class: "chart scale" }, level(each.from_level)),
          h("td", { role: "cell", class: "needed" }, figure(each.from_level)),
          h("td", { role: "cell", class: "gap" }, figure(each.from_importance)),
        ),
      ),
    ),
  );

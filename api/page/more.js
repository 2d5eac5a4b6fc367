// What stands below the answer where the service has it: the technologies one would have to learn, and the map of where one can go from here.

import { address, askIfThere, saveFile } from "./api.js";
import { move } from "./chart.js";
import { byId, h } from "./dom.js";
import { link } from "./state.js";

const SHOWN = 12;

/**
 * Asks for both and puts what there is under the answer. `to` may be absent; `notLoaded` names the subjects that the service
 * was loaded without. Throws an AbortError where the caller gave up.
 */
export async function addMore(from, to, domain, notLoaded, signal) {
  const [technologies, transitions] = await Promise.all([
    to && to.code !== from.code ? askIfThere("technology-gap", { from: from.code, to: to.code }, signal) : null,
    askIfThere(`occupations/${encodeURIComponent(from.code)}/transitions`, { limit: "10" }, signal),
  ]);
  byId("more").replaceChildren(...[technologies ? technologySection(technologies) : to && notLoaded.includes("technologies") && noTechnologySection(), transitions && waysSection(transitions, domain)].filter(Boolean));
}

const noTechnologySection = () =>
  h("section", {}, h("h2", {}, "Technologies to learn"), h("p", {}, "Not loaded here: the release was loaded without its technologies."));

function technologySection({ from, to, counts, technologies }) {
  const parts = [technologies.slice(0, SHOWN), technologies.slice(SHOWN)];
  const list = (some) =>
    h(
      "ul",
      { class: "technologies" },
      some.map((each) =>
        h(
          "li",
          {},
          each.technology_name,
          each.is_in_demand ? h("strong", { class: "tag" }, "in demand") : null,
          each.is_hot_technology ? h("span", { class: "tag" }, "hot") : null,
          h("span", { class: "note" }, ` ${each.category_name ?? ""}`),
        ),
      ),
    );
  return h(
    "section",
    {},
    h("h2", {}, `Technologies to learn (${counts.missing})`),
    counts.missing
      ? h("p", { class: "note" }, `Listed by O*NET for ${to.title} and not for ${from.title}, by name. In demand: asked for often in postings for the occupation (${counts.in_demand}); hot: in postings of all kinds (${counts.hot_technology}).`)
      : h("p", {}, `O*NET lists no technology for ${to.title} that it does not list for ${from.title}.`),
    list(parts[0]),
    parts[1].length ? h("details", {}, h("summary", {}, `${parts[1].length} more`), list(parts[1])) : null,
    h("p", { class: "screen" }, h("a", { href: address("technology-gap", { from: from.code, to: to.code, format: "csv" }), download: true, click: saveFile }, "Technologies as CSV")),
  );
}

const steps = (step) => {
  if (step === null) return "–";
  if (!step) return "the same";
  return `${step > 0 ? "+" : "−"}${Math.abs(step)} zone${Math.abs(step) === 1 ? "" : "s"}`;
};
const percent = (share) => (share === null ? "–" : `${Math.round(100 * share)} %`);

function waysSection({ from, transitions, domains }, domain) {
  if (!transitions.length) return null;
  const columns = { name: "Occupation", chart: "alike ▮ and needs met ◆", alike: "alike", met: "needs met", gaps: "clear gaps", tools: "technologies", zone: "preparation" };
  const cell = (name, content) => h("td", { role: "cell", class: name }, content);
  return h(
    "section",
    { class: "ways" },
    h("h2", {}, `Where one can go from here: ${from.title}`),
    h("p", { class: "note" }, `The occupations most alike in what is important (bar: correlation over ${domains.join(" and ")}), and how much of their needs is met already (diamond). Alike is not easy: the clear gaps and the step in job zones stand beside it.`),
    h(
      "table",
      { role: "table" },
      h("caption", { class: "unseen" }, `Occupations most like ${from.title}, most alike first`),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, Object.entries(columns).map(([name, words]) => h("th", { role: "columnheader", scope: "col", class: name }, words)))),
      h(
        "tbody",
        { role: "rowgroup" },
        transitions.map((each) =>
          h(
            "tr",
            { role: "row" },
            h("th", { role: "rowheader", scope: "row", class: "name" }, h("a", { href: link({ from: from.code, to: each.to.code, domain }) }, each.to.title)),
            cell("chart", move(each.similarity, each.share_of_needs_met)),
            cell("alike", each.similarity.toFixed(2)),
            cell("met", percent(each.share_of_needs_met)),
            cell("gaps", `${each.significant_gap_count} of ${each.higher_element_count}`),
            cell("tools", each.missing_technology_count ?? "–"),
            cell("zone", steps(each.job_zone_step)),
          ),
        ),
      ),
    ),
  );
}

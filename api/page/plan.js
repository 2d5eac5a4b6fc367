// A page to print and hand over: what to learn, with O*NET's example of the level to reach.

import { ask, askIfThere, askOccupation } from "./api.js";
import { h, present } from "./dom.js";
import { changeInWords, outlookInWords } from "./labor.js";
import { link } from "./state.js";
import { dollars, education, jobZone, LABOR, nounOf, PLAN, releaseName, UI } from "./words.js";

const PLANNED = ["skills", "knowledge"];
const TECHNOLOGIES = 15;

/** The plan of a state for those of `domains` that one learns. */
export async function planView({ from, to, domain }, domains, signal) {
  const wanted = [...new Set([...PLANNED, domain])].filter((each) => domains.includes(each));
  const compare = (each) => ask("compare", { from, to: to[0], domain: each }, signal);
  const first = await compare(wanted[0] ?? domain);
  const pair = { from: first.from.code, to: first.to.code };
  const [technologies, about, ...others] = await Promise.all([
    askIfThere("technology-gap", pair, signal),
    askOccupation(pair.to, signal),
    ...wanted.slice(1).map((each) => askIfThere("compare", { ...pair, domain: each }, signal)),
  ]);
  const source = first.pay ? await askOccupation(pair.from, signal) : null;
  const compared = [first, ...others.filter(Boolean)];
  return {
    from: first.from,
    to: first.to,
    publication: first.publication,
    children: [sheet(compared, technologies, source, about)],
  };
}

const line = (name) => h("span", { class: "blank" }, name);

function sheet(compared, technologies, source, about) {
  const [{ from, to, pay, publication }] = compared;
  const section = (heading, ...children) =>
    present(children).length ? h("section", {}, h("h2", {}, heading), children) : null;
  return h(
    "article",
    { class: "card plan" },
    h("p", { class: "kicker" }, `${PLAN.kicker} · ${releaseName(publication.release)}`),
    h("h1", { elementtiming: "answer" }, PLAN.title(from.title, to.title)),
    h(
      "p",
      { class: "actions screen" },
      h("button", { type: "button", class: "button", click: () => print() }, UI.print),
      h("a", { href: link({ from: from.code, to: to.code }) }, UI.backToGap),
    ),
    h("p", { class: "blanks" }, [PLAN.name, PLAN.date, PLAN.counsellor].map(line)),
    compared.map(toLearn),
    technologies?.technologies.length
      ? section(PLAN.technologies, technologyLine(technologies.technologies))
      : null,
    about
      ? [
          section(
            PLAN.education,
            present([education(about.education.typical), jobZone(about.occupation.job_zone)]).map(
              (each) => h("p", {}, each),
            ),
          ),
          about.wage || about.outlook ? section(PLAN.labor, laborLines(source, about, pay)) : null,
        ]
      : null,
    section(
      PLAN.notes,
      h("p", { class: "lines" }),
      h("p", { class: "lines" }),
      h("p", { class: "lines" }),
    ),
    section(
      PLAN.further,
      h(
        "ul",
        { class: "links" },
        addresses(to.code).map((each) =>
          h(
            "li",
            {},
            h(
              "a",
              { href: each, target: "_blank", rel: "noreferrer" },
              each.replace("https://", ""),
            ),
          ),
        ),
      ),
    ),
  );
}

const addresses = (code) => [
  `https://www.onetonline.org/link/summary/${code}`,
  `https://www.mynextmove.org/profile/summary/${code}`,
];

function toLearn({ domain, elements, counts }) {
  const { tab, many } = nounOf(domain);
  const clear = elements.filter((each) => each.verdict === "clearly_higher");
  return h(
    "section",
    {},
    h("h2", {}, PLAN.toLearn(tab, clear.length)),
    clear.length ? h("ul", { class: "checks" }, clear.map(learn)) : h("p", {}, PLAN.nothing(many)),
    counts.met ? h("p", { class: "note" }, PLAN.met(counts.met, many)) : null,
  );
}

const learn = (each) =>
  h(
    "li",
    {},
    h("strong", {}, each.element_name),
    " ",
    h("span", { class: "note" }, PLAN.level(each.from_level, each.to_level)),
    each.to_anchor ? h("p", {}, PLAN.reach, `“${each.to_anchor}”`) : null,
  );

function technologyLine(all) {
  const shown = all.slice(0, TECHNOLOGIES);
  const rest = all.length - shown.length;
  return [
    h(
      "ul",
      { class: "checks two" },
      shown.map((each) => h("li", {}, each.technology_name)),
    ),
    rest ? h("p", { class: "note" }, PLAN.restTechnologies(rest)) : null,
  ];
}

const laborLines = (source, about, pay) => [
  about.wage?.annual.median
    ? h(
        "p",
        {},
        LABOR.median(dollars(about.wage.annual.median)),
        ". ",
        pay && source ? changeInWords([source, about], pay) : null,
      )
    : null,
  about.outlook ? h("p", {}, outlookInWords(about)) : null,
  h("p", { class: "note" }, LABOR.attribution({ ...about, programs_of_study: [] })),
];

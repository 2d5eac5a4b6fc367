// A page to print and hand over: what to learn, with O*NET's example of the level to reach.

import { ask, askIfThere, askOccupation } from "./api.js";
import { h, present } from "./dom.js";
import { changeInWords, medianPay, outlookInWords } from "./labor.js";
import { askOwnGap, withLevels } from "./rate.js";
import { link } from "./state.js";
import { education, jobZone, LABOR, nounOf, PLAN, RATE, releaseName, UI } from "./words.js";

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

/** The same from a person's own levels to a target, for the domains that they rated. */
export async function ownPlanView({ to, domain }, domains, levels, signal) {
  const wanted = [...new Set([...PLANNED, domain])].filter((each) => domains.includes(each));
  const about = await ask(`occupations/${encodeURIComponent(to[0])}`, {}, signal);
  const gaps = await Promise.all(
    wanted
      .filter((each) => about.occupation.is_rated[each])
      .map((each) => askOwnGap(levels, each, about, signal)),
  );
  const compared = gaps
    .filter((each) => each?.profile.compared)
    .map(({ rows, counts, profile, ...answer }) => ({
      ...answer,
      elements: rows,
      counts: { met: profile.compared - counts.higher },
      unstated: profile.unstated,
    }));
  const { occupation, publication } = about;
  return {
    to: occupation,
    publication,
    children: [ownSheet(compared, about)],
  };
}

const line = (name) => h("span", { class: "blank" }, name);

function sheet(compared, technologies, source, about) {
  const [{ from, to, pay, publication }] = compared;
  const back = h("a", { href: link({ from: from.code, to: to.code }) }, UI.backToGap);
  const head = [PLAN.title(from.title, to.title), back, publication];
  const learned = section(PLAN.technologies, technologyLine(technologies?.technologies ?? []));
  return paper(head, compared, learned, to, about, about && laborLines(source, about, pay));
}

function ownSheet(compared, about) {
  const { occupation: to, publication, technologies } = about;
  const back = h("a", { href: link({ to: to.code, view: "rate" }) }, UI.backToRate);
  const head = [PLAN.own(to.title), withLevels(h("span", {}, back)), publication];
  const used = section(PLAN.allTechnologies, technologyLine(technologies));
  return paper(head, compared, used, to, about, laborLines(null, about, null));
}

const section = (heading, ...children) =>
  present(children).length ? h("section", {}, h("h2", {}, heading), children) : null;

function paper([title, back, publication], compared, technologies, to, about, labor) {
  return h(
    "article",
    { class: "card plan" },
    h("p", { class: "kicker" }, `${PLAN.kicker} · ${releaseName(publication.release)}`),
    h("h1", { elementtiming: "answer" }, title),
    h(
      "p",
      { class: "actions screen" },
      h("button", { type: "button", class: "button", click: () => print() }, UI.print),
      back,
    ),
    h("p", { class: "blanks" }, [PLAN.name, PLAN.date, PLAN.counsellor].map(line)),
    compared.length ? compared.map(toLearn) : h("p", {}, RATE.setSome),
    technologies,
    about
      ? [
          section(
            PLAN.education,
            present([education(about.education.typical), jobZone(about.occupation.job_zone)]).map(
              (each) => h("p", {}, each),
            ),
          ),
          about.wage || about.outlook ? section(PLAN.labor, labor) : null,
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

function toLearn({ domain, elements, counts, unstated }) {
  const { tab, many } = nounOf(domain);
  const clear = elements.filter((each) => each.verdict === "clearly_higher");
  return h(
    "section",
    {},
    h("h2", {}, PLAN.toLearn(tab, clear.length)),
    clear.length ? h("ul", { class: "checks" }, clear.map(learn)) : h("p", {}, PLAN.nothing(many)),
    counts.met ? h("p", { class: "note" }, PLAN.met(counts.met, many)) : null,
    unstated ? h("p", { class: "note" }, PLAN.unrated(unstated, many)) : null,
  );
}

const learn = (each) =>
  h(
    "li",
    {},
    h("strong", {}, each.element_name),
    " ",
    h("span", { class: "note" }, PLAN.level(each.from_level, each.to_level)),
    each.to_anchor ? h("p", {}, PLAN.reach(each.to_anchor_level), `“${each.to_anchor}”`) : null,
  );

function technologyLine(all) {
  if (!all.length) return null;
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
  about.wage
    ? h(
        "p",
        {},
        LABOR.median(medianPay(about.wage)),
        ". ",
        pay && source ? changeInWords([source, about], pay) : null,
      )
    : null,
  about.outlook ? h("p", {}, outlookInWords(about)) : null,
  h("p", { class: "note" }, LABOR.attribution({ ...about, programs_of_study: [] })),
];

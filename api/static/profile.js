// One occupation: what one does, needs and gets there. Its cards also stand beside a comparison.

import { axis, level, score } from "./chart.js";
import { card, elsewhere, folded, h } from "./dom.js";
import { laborCard } from "./labor.js";
import { link } from "./state.js";
import { technologyCard } from "./technology.js";
import {
  DOMAINS,
  ELSEWHERE,
  education,
  figure,
  jobZone,
  notLoaded,
  PROFILE,
  UI,
  UNRATED,
} from "./words.js";

const LEVELS = 8;
const SCORES = 5;
const TASKS = 6;
const RELATED = 6;
const TITLES = 8;

/** The answer of /occupations/{code}; `near` are rated neighbours, where it is not rated itself. */
export const profileView = (answer, near = []) => [
  h(
    "section",
    { class: "card title" },
    h("p", { class: "kicker" }, PROFILE.kicker(answer.publication.release)),
    h("h1", { elementtiming: "answer" }, answer.occupation.title),
    h("p", { class: "lead" }, answer.occupation.description),
    facts(answer),
    h(
      "p",
      { class: "actions screen" },
      h("button", { type: "button", click: () => print() }, UI.print),
      Object.values(answer.occupation.is_rated).some(Boolean)
        ? h("a", { href: link({ view: "rate", from: answer.occupation.code }) }, UI.rate)
        : null,
    ),
  ),
  near.length ? unratedNotice(answer.occupation, near) : null,
  h("div", { class: "masonry" }, knownCards(answer)),
  answer.not_loaded.length
    ? h("p", { class: "note not-loaded" }, notLoaded(answer.not_loaded))
    : null,
  h("p", { class: "paper note" }, answer.occupation.code, h("br"), location.href.split("#")[0]),
];

const unratedNotice = ({ title }, near) =>
  h(
    "section",
    { class: "card notice" },
    h("p", {}, PROFILE.unrated(title, DOMAINS.skills.many)),
    h("h2", {}, PROFILE.neighbours),
    links(near, (code) => link({ from: code })),
  );

/** A list of links to occupations. */
export const links = (occupations, address) =>
  h(
    "ul",
    { class: "links" },
    occupations.map(({ code, title }) =>
      h("li", {}, h("a", { href: address(code) }, title), " ", h("span", { class: "code" }, code)),
    ),
  );

/** Code, titles, preparation and education, as far as they are known. */
export function facts({ occupation, education: { typical }, reported_titles: titles }) {
  const fact = (name, text) => (text ? [h("dt", {}, name), h("dd", {}, text)] : null);
  return h(
    "dl",
    { class: "facts" },
    fact(PROFILE.called, titles.slice(0, TITLES).join(", ")),
    fact(PROFILE.preparation, jobZone(occupation.job_zone)),
    fact(PROFILE.education, education(typical)),
    fact(PROFILE.code, occupation.code),
  );
}

/** A card for each subject that there is something about. */
export const knownCards = (answer) => [
  tasksCard(answer),
  Object.keys(DOMAINS).map((domain) => levelsCard(domain, answer)),
  Object.keys(PROFILE.characteristics).map((domain) =>
    scoresCard(domain, answer.characteristics[domain]),
  ),
  answer.technologies.length ? technologyCard(answer.technologies) : null,
  laborCard([answer], null),
  relatedCard(answer),
  elsewhereCard(answer.occupation),
];

const tasksCard = ({ tasks }) =>
  card(
    "tasks",
    PROFILE.tasks,
    tasks.length
      ? folded(
          tasks,
          TASKS,
          (some) =>
            h(
              "ul",
              {},
              some.map(({ task }) => h("li", {}, task)),
            ),
          UI.more,
        )
      : null,
  );

function levelsCard(domain, { ratings, occupation }) {
  const { tab, many } = DOMAINS[domain];
  if (!ratings[domain].length) return null;
  return card(
    "panel",
    PROFILE.levels(many),
    h("p", { class: "note" }, PROFILE.levelNote),
    folded(ratings[domain], LEVELS, (some) => bars(some, `${occupation.title}: ${tab}`), UI.more),
  );
}

const bars = (ratings, caption) => {
  const heading = (name, ...children) =>
    h("th", { role: "columnheader", scope: "col", class: name }, ...children);
  const cell = (name, ...children) => h("td", { role: "cell", class: name }, ...children);
  return h(
    "table",
    { role: "table", class: "bars" },
    h("caption", { class: "unseen" }, caption),
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        heading("name", h("span", { class: "unseen" }, PROFILE.name)),
        heading("chart", h("span", { class: "unseen" }, UI.picture), axis()),
        heading("needed", PROFILE.level),
        heading("gap", PROFILE.importance),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      ratings.map((each) =>
        h(
          "tr",
          { role: "row" },
          h("th", { role: "rowheader", scope: "row", class: "name" }, each.element_name),
          cell("chart", level(each.level)),
          cell("needed", figure(each.level)),
          cell("gap", figure(each.importance)),
        ),
      ),
    ),
  );
};

const scoresCard = (domain, scores) =>
  scores.length
    ? card(
        "scores",
        PROFILE.characteristics[domain],
        h("p", { class: "note" }, PROFILE.suits[domain]),
        folded(scores, SCORES, scoreList, UI.more),
      )
    : null;

const scoreList = (scores) =>
  h(
    "ul",
    { class: "score" },
    scores.map((each) =>
      h(
        "li",
        {},
        h("span", { class: "name" }, each.element_name),
        h("span", { class: "chart" }, score(each.value, each.scale_minimum, each.scale_maximum)),
        h("span", { class: "unseen" }, PROFILE.score(each)),
      ),
    ),
  );

const relatedCard = ({ related_occupations: related, occupation }) =>
  related.length
    ? card(
        "related",
        PROFILE.related,
        h("p", { class: "note" }, PROFILE.relatedNote),
        folded(
          related,
          RELATED,
          (some) => links(some, (code) => link({ from: occupation.code, to: code })),
          UI.more,
        ),
      )
    : null;

/** Where to read on about one or two occupations. */
export const elsewhereCard = (...occupations) =>
  card(
    "elsewhere",
    ELSEWHERE.title,
    h("p", { class: "note" }, ELSEWHERE.note),
    h(
      "ul",
      { class: "links" },
      occupations.map(({ code, title }) => [
        h(
          "li",
          {},
          elsewhere(
            `https://www.onetonline.org/link/summary/${code}`,
            ELSEWHERE.online(title),
            UI.opensElsewhere,
          ),
        ),
        h(
          "li",
          {},
          elsewhere(
            `https://www.mynextmove.org/profile/summary/${code}`,
            ELSEWHERE.myNextMove(title),
            UI.opensElsewhere,
          ),
        ),
      ]),
    ),
  );

/** Preparation and education of where one goes. */
export const preparationCard = (answer) => {
  const { job_zone: zone, title } = answer.occupation;
  const typical = education(answer.education.typical);
  return zone || typical
    ? card(
        "preparation",
        PROFILE.takes(title),
        typical ? h("p", {}, typical) : null,
        zone ? h("p", { class: "note" }, jobZone(zone)) : null,
      )
    : null;
};

/** Where two cannot be compared: what is known of each, and neighbours that are rated. */
export function unratedView(answers, unrated, what, state) {
  const [from, to] = answers;
  const isUnrated = (answer) => unrated.some((each) => each.answer === answer);
  const near = unrated.flatMap(({ answer, near: rated, side }) =>
    rated.length
      ? [
          h("h2", {}, UNRATED.instead(answer.occupation.title)),
          links(rated, (code) =>
            link(side === "from" ? { ...state, from: code } : { ...state, to: [code] }),
          ),
        ]
      : [],
  );
  const names = unrated.map(({ answer }) => answer.occupation.title).join(UI.and);
  return {
    title: `${from.occupation.title} → ${to.occupation.title}`,
    notice: h(
      "section",
      { class: "card notice" },
      h("p", { class: "lead" }, UNRATED.one(names, what)),
      near,
    ),
    // first what lacks ratings
    known: [...answers]
      .sort((a, b) => Number(isUnrated(b)) - Number(isUnrated(a)))
      .map((answer) =>
        h(
          "section",
          { class: "known" },
          h("h2", {}, UNRATED.known(answer.occupation.title)),
          h("p", {}, answer.occupation.description),
          facts(answer),
          h("div", { class: "masonry" }, knownCards(answer)),
        ),
      ),
  };
}

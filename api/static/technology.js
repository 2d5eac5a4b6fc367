// Technologies by their category: what employers ask for comes first.

import { address, saveFile } from "./api.js";
import { card, folded, h } from "./dom.js";
import { TECHNOLOGY, UI } from "./words.js";

const SHOWN = 6; // categories

/** Category → its technologies, each in the API's order: in demand first, then hot ones. */
function byCategory(technologies) {
  const groups = new Map();
  for (const each of technologies) {
    const name = each.category_name ?? TECHNOLOGY.other;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups];
}

const tag = (name, text, title) => [" ", h("span", { class: `tag ${name}`, title }, text)];

const technology = (each) =>
  h(
    "li",
    {},
    each.technology_name,
    each.is_in_demand ? tag("demand", TECHNOLOGY.inDemand, TECHNOLOGY.inDemandTip) : null,
    each.is_hot_technology ? tag("hot", TECHNOLOGY.hot, TECHNOLOGY.hotTip) : null,
  );

const categories = (some) =>
  h(
    "dl",
    { class: "technologies" },
    some.map(([name, each]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, h("ul", {}, each.map(technology)))),
    ),
  );

export const technologyList = (technologies) =>
  technologies.length ? folded(byCategory(technologies), SHOWN, categories, UI.more) : null;

/** The technologies of one occupation. */
export const technologyCard = (technologies) =>
  card("technology", TECHNOLOGY.all(technologies.length), technologyList(technologies));

/** What the target's technologies are beyond the source's: an answer of /technology-gap. */
export const technologyGapCard = ({ from, to, counts, technologies }) =>
  card(
    "technology",
    TECHNOLOGY.title(counts.missing),
    h(
      "p",
      { class: "note" },
      counts.missing
        ? TECHNOLOGY.note(from.title, to.title)
        : TECHNOLOGY.none(from.title, to.title),
    ),
    technologyList(technologies),
    h(
      "p",
      { class: "screen" },
      h(
        "a",
        {
          href: address("technology-gap", { from: from.code, to: to.code, format: "csv" }),
          download: true,
          click: saveFile,
        },
        UI.technologiesCsv,
      ),
    ),
  );

// What the page says: names of domains, figures as text, and the sentence on top.

import { h } from "./dom.js";

/** Domain → what its tab says, one of its elements, several of them. */
export const DOMAINS = {
  skills: { tab: "Skills", one: "skill", many: "skills" },
  knowledge: { tab: "Knowledge", one: "area of knowledge", many: "areas of knowledge" },
  abilities: { tab: "Abilities", one: "ability", many: "abilities" },
  work_activities: { tab: "Work activities", one: "work activity", many: "work activities" },
};

export const nounOf = (domain) => DOMAINS[domain] ?? { tab: domain, one: "element", many: "elements" };

/** Two decimals, as O*NET publishes them; a dash where not published. */
export const figure = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

/** With its sign; a real minus. */
export const signed = (value) => (value < 0 ? `−${figure(-value)}` : `+${figure(value)}`);

export const day = (moment) =>
  new Date(moment).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const releaseName = (release) => (release === "sample" ? "O*NET hand-made sample (invented ratings)" : `O*NET ${release}`);

/** The sentence that says it all, as text and emphasis. */
export function sentence({ from, to, domain, counts }) {
  const { one, many } = nounOf(domain);
  const { elements, clearly_higher: clear, too_close_to_tell: close, higher_without_error: unknown, met } = counts;
  if (!elements) return [`O*NET publishes no level of the same ${one} for both occupations: there is nothing to compare.`];
  if (from.code === to.code) return [`An occupation compared with itself has no gap: these are its own ${elements} ${many}.`];
  if (met === elements) return [h("strong", {}, "No gap:"), ` none of ${elements} ${many} is needed at a higher level.`];
  const said = clear
    ? [h("strong", {}, `${clear} of ${elements} ${many}`), ` ${clear === 1 ? "is" : "are"} clearly needed at a higher level`]
    : [h("strong", {}, `None of ${elements} ${many}`), " is clearly needed at a higher level"];
  if (close) said.push(`, ${close} ${clear ? "more " : ""}by less than the ratings can tell`);
  if (unknown) said.push(`, ${unknown} ${clear || close ? "more " : ""}higher with no published error to judge by`);
  said.push(met ? `; the other ${met} you already meet.` : ".");
  return said;
}

/** The three readings of "does not have", one line each. */
export const DEFINITIONS = [
  ["missing", "Missing", "level 0 now, above 0 there: required by the second, not present in the first"],
  ["newly_relevant", "Newly relevant", "O*NET marks it not relevant now and relevant there, whatever the levels"],
  ["higher", "Higher", "the level there is above the level now, by however little"],
];

// Sections that appear where the service has them: the technologies one would have to learn, and the map of where one can go from here.

import { askIfThere } from "./api.js";
import { share } from "./chart.js";
import { byId, h } from "./dom.js";
import { link } from "./state.js";

/** Asks for both and puts what there is under the answer; gives up silently with `signal`. */
export async function addMore({ from, to, domain }, title, signal) {
  const [technologies, transitions] = await Promise.all([
    from && to ? askIfThere("technology-gap", { from, to }, signal) : null,
    askIfThere(`occupations/${encodeURIComponent(from || to)}/transitions`, { limit: "10" }, signal),
  ]);
  if (signal.aborted) return;
  byId("more")?.replaceChildren(...[technologySection(technologies), transitionSection(transitions, from || to, domain, title)].filter(Boolean));
}

function technologySection() {
  return null;
}

function transitionSection() {
  return null;
}
export { h, share, link };

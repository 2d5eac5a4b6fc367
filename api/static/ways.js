// Where one can go from here: an answer of transitions, sorted and narrowed, each with its why.

import { askIfThere, unlessLeft } from "./api.js";
import { met } from "./chart.js";
import { card, h, select } from "./dom.js";
import { method } from "./gap.js";
import { link } from "./state.js";
import { percent, WAYS } from "./words.js";

const LIMIT = "10";
const down = (name) => (a, b) => (b[name] ?? -Infinity) - (a[name] ?? -Infinity);
const ORDERS = {
  met: down("share_of_needs_met"),
  zone: (a, b) => (a.job_zone_step ?? 9) - (b.job_zone_step ?? 9),
  name: (a, b) => a.to.title.localeCompare(b.to.title, "en"),
  pay: down("median_annual_wage_change"),
};

/** Asks for the transitions of an occupation; null where the service has none. */
export const askWays = (code, signal, narrowing = {}) =>
  askIfThere(
    `occupations/${encodeURIComponent(code)}/transitions`,
    { limit: LIMIT, ...narrowing },
    signal,
  );

/** The card with its controls. `ask(narrowing)` brings another answer; links keep `domain`. */
export function waysCard(answer, domain, ask) {
  const { from, domains, labor } = answer;
  const body = h("div", {});
  const chosen = { sort: "alike", zone: "" };
  let shown = answer.transitions;
  if (!shown.length) return null;
  const note = h("p", { class: "note" });
  const isLikely = () => chosen.sort === WAYS.likely[0];
  const draw = () => {
    const sorted = ORDERS[chosen.sort] ? [...shown].sort(ORDERS[chosen.sort]) : shown;
    note.textContent = isLikely() ? WAYS.likelyNote : WAYS.note(domains);
    body.replaceChildren(
      sorted.length ? list(sorted, from?.code, domain) : h("p", {}, WAYS.narrowed),
    );
  };
  const hasLikely = Boolean(labor?.outlook_vintage);
  let last; // what was asked for last: an answer that comes after it is of another choice
  const narrow = async () => {
    const narrowing = { max_job_zone_step: chosen.zone, order: isLikely() ? "likely" : "" };
    last = narrowing;
    const found = await ask(narrowing);
    if (last !== narrowing) return;
    shown = found?.transitions ?? [];
    draw();
  };
  const sorts = [
    ...WAYS.sorts,
    ...(labor ? [WAYS.payFirst] : []),
    ...(hasLikely ? [WAYS.likely] : []),
  ];
  draw();
  return card(
    "ways",
    from ? WAYS.title(from.title) : WAYS.yours,
    note,
    h(
      "div",
      { class: "filter screen" },
      select("sort", WAYS.sort, sorts, chosen.sort, (value) => {
        const wasLikely = isLikely();
        chosen.sort = value;
        if (isLikely() !== wasLikely) narrow().catch(unlessLeft);
        else draw();
      }),
      ask
        ? select("zone", WAYS.zone, WAYS.zones, chosen.zone, (value) => {
            chosen.zone = value;
            narrow().catch(unlessLeft);
          })
        : null,
    ),
    body,
    labor ? h("p", { class: "note" }, WAYS.source(labor)) : null,
    // nobody has held the lists of a person against anything
    from ? method(WAYS.method(hasLikely)) : null,
  );
}

const list = (transitions, from, domain) =>
  h(
    "ol",
    { class: "moves" },
    transitions.map((each) =>
      h(
        "li",
        {},
        h(
          "a",
          {
            href: from
              ? link({ from, to: each.to.code, domain })
              : link({ from: each.to.code, domain }),
          },
          each.to.title,
        ),
        h(
          "span",
          { class: "share", "aria-hidden": "true" }, // the sentence says it too
          h("span", { class: "chart" }, met(each.share_of_needs_met)),
          h("span", {}, percent(each.share_of_needs_met)),
        ),
        h("p", { class: "note" }, WAYS.why(each), WAYS.pay(each), WAYS.openings(each)),
      ),
    ),
  );

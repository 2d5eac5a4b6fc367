// A person sets their own levels: sliders with O*NET's anchors in words beside them, and at once
// the gap to a target and the occupations that fit.

import { ask, askOccupation, nullIfRefused, saveBlob, send, unlessLeft } from "./api.js";
import { parts } from "./chart.js";
import { byId, card, h, present } from "./dom.js";
import { lead } from "./gap.js";
import { CODE, link } from "./state.js";
import { asFile, fromFile, keep, read } from "./stated.js";
import { levels as levelTable } from "./table.js";
import { waysCard } from "./ways.js";
import { GROUPS, nounOf, ownSentence, RATE, releaseName, UI } from "./words.js";

const WAIT = 250; // milliseconds without a change before the API is asked
const STEP = 0.5;
const FEWEST = 10; // levels that a search for occupations takes
const COMPARED = /^2\.[ABC]\./; // skills and knowledge

/** The view of a state: its title, its children, the titles that it learned, the publication. */
export async function rateView(state, tabs, signal) {
  const target = state.to[0] ?? "";
  const [answer, to, from] = await Promise.all([
    ask("elements", { domain: state.domain }, signal),
    CODE.test(target) ? askOccupation(target, signal) : null,
    CODE.test(state.from) ? askOccupation(state.from, signal) : null,
  ]);
  const stated = read();
  const titles = [to, from]
    .filter(Boolean)
    .map(({ occupation: { code, title } }) => ({ code, title }));
  const result = h("div", { class: "result" });
  const plan =
    to &&
    h("a", { class: "button", href: link({ to: to.occupation.code, view: "plan" }) }, UI.printPlan);
  const ways = h("div", {});
  const counter = h("span", { class: "note" });
  let timer = 0;
  let asking = new AbortController();
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    asking.abort();
  });

  const refresh = async () => {
    asking.abort(); // an answer that is still on its way is of other levels
    asking = new AbortController();
    if (plan) plan.hidden = !stated.size;
    counter.textContent = RATE.rated(
      answer.elements.filter((each) => stated.has(each.element_id)).length,
      answer.elements.length,
    );
    const [gap, nearest] = await Promise.all([
      resultOf(stated, state.domain, to, asking.signal),
      nearestTo(stated, state.domain, asking.signal),
    ]);
    result.replaceChildren(...present(gap));
    byId("status").textContent = result.querySelector("p").textContent;
    ways.replaceChildren(...present([nearest]));
  };
  const later = () => {
    keep(stated);
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(unlessLeft), WAIT);
  };
  const sliders = h("div", { class: "sliders" });
  const draw = () =>
    sliders.replaceChildren(
      ...slidersOf(answer.elements, to?.ratings[state.domain] ?? [], stated, later),
    );
  const take = (levels) => {
    stated.clear();
    for (const [element, level] of levels) stated.set(element, level);
    draw();
    later();
  };
  draw();
  await refresh();
  return {
    title: RATE.title,
    publication: answer.publication,
    titles,
    children: [
      h(
        "section",
        { class: "card title" },
        h("p", { class: "kicker" }, releaseName(answer.publication.release)),
        h("h1", { elementtiming: "answer" }, RATE.title),
        h("p", { class: "lead" }, RATE.lead),
        h("p", { class: "note" }, RATE.private),
        withLevels(controls(stated, from, plan, take)),
      ),
      withLevels(tabs),
      h(
        "div",
        { class: "split" },
        h(
          "section",
          { class: "card rows" },
          h("h2", {}, RATE.sliders(nounOf(state.domain).tab), " ", counter),
          to ? h("p", { class: "note" }, RATE.important(to.occupation.title)) : null,
          sliders,
        ),
        h(
          "aside",
          { class: "follow", "aria-label": RATE.resultLabel },
          h(
            "section",
            { class: "card" },
            h("h2", {}, to ? RATE.result(to.occupation.title) : RATE.resultLabel),
            result,
          ),
          ways,
        ),
      ),
      h("p", { class: "paper note" }, location.href.split("#")[0]),
    ],
  };
}

/** The links in there take along what stands behind the `#` when they are followed. */
export function withLevels(links) {
  links?.addEventListener(
    "click",
    ({ target }) => {
      const anchor = target.closest("a");
      if (anchor)
        anchor.setAttribute("href", anchor.getAttribute("href").split("#")[0] + location.hash);
    },
    true,
  );
  return links;
}

function controls(stated, from, plan, take) {
  const said = h("span", { class: "note", role: "status" });
  const file = h("input", {
    type: "file",
    id: "levels-file",
    accept: ".json,application/json",
    class: "unseen",
  });
  file.addEventListener("change", async () => {
    const levels = fromFile(await file.files[0].text());
    said.textContent = levels ? RATE.opened(levels.size) : RATE.badFile;
    if (levels) take(levels);
    file.value = "";
  });
  const ratings = from ? Object.values(from.ratings).flat() : [];
  const half = (level) => Math.round(level / STEP) * STEP;
  const button = (text, click) => h("button", { type: "button", click }, text);
  return h(
    "p",
    { class: "actions screen" },
    plan,
    ratings.length
      ? button(RATE.startLabel(from.occupation.title), () =>
          take(ratings.map((each) => [each.element_id, half(each.level)])),
        )
      : null,
    button(RATE.save, () =>
      saveBlob(RATE.file, new Blob([asFile(stated)], { type: "application/json" })),
    ),
    file,
    h("label", { for: "levels-file", class: "button" }, RATE.open),
    button(RATE.clear, () => take([])),
    said,
  );
}

/** A slider for each element: the target's most important first, else in O*NET's groups. */
function slidersOf(elements, ratings, stated, changed) {
  const rank = new Map(ratings.map(({ element_id: id }, at) => [id, at]));
  if (rank.size) {
    const sorted = [...elements].sort(
      (a, b) => (rank.get(a.element_id) ?? 999) - (rank.get(b.element_id) ?? 999),
    );
    return sorted.map((each) => slider(each, stated, changed));
  }
  const groups = Map.groupBy ? Map.groupBy(elements, (each) => each.group_name) : grouped(elements);
  return [...groups].map(([name, some]) =>
    h(
      "section",
      {},
      name ? h("h3", {}, name) : null,
      some.map((each) => slider(each, stated, changed)),
    ),
  );
}

const grouped = (elements) => {
  const groups = new Map();
  for (const each of elements)
    groups.set(each.group_name, [...(groups.get(each.group_name) ?? []), each]);
  return groups;
};

/** A level in words: O*NET's examples nearest to it. */
export function inWords(level, anchors) {
  if (level === 0) return RATE.atZero;
  const same = anchors.find((each) => each.level === level);
  if (same) return RATE.near(same);
  const below = anchors.filter((each) => each.level < level).at(-1);
  const above = anchors.find((each) => each.level > level);
  if (below && above) return RATE.between(below, above);
  if (above) return RATE.below(above);
  return below ? RATE.above(below) : "";
}

function slider({ element_id: id, element_name: name, anchors }, stated, changed) {
  const input = h("input", {
    type: "range",
    id: `level-${id}`,
    min: "0",
    max: "7",
    step: String(STEP),
    "aria-describedby": `words-${id}`,
  });
  const value = h("span", { class: "value", "aria-hidden": "true" }); // the slider says it too
  const words = h("p", { class: "words", id: `words-${id}` });
  const reset = h(
    "button",
    { type: "button", class: "quiet", "aria-label": `${RATE.reset}: ${name}` },
    RATE.reset,
  );
  const zero = h(
    "button",
    { type: "button", class: "quiet", "aria-label": `${RATE.zero}: ${name}` },
    RATE.zero,
  );
  const box = h(
    "div",
    { class: "slider" },
    h("label", { for: `level-${id}` }, name),
    value,
    input,
    words,
    h("p", { class: "small" }, zero, reset),
  );
  const draw = () => {
    const level = stated.get(id);
    const known = level !== undefined;
    box.classList.toggle("unset", !known);
    input.value = String(known ? level : 0);
    value.textContent = known ? RATE.value(level) : RATE.unset;
    words.textContent = known
      ? inWords(level, anchors)
      : anchors[0]
        ? RATE.example(anchors[0])
        : "";
    input.setAttribute(
      "aria-valuetext",
      known ? `${RATE.value(level)}. ${words.textContent}` : RATE.unset,
    );
    reset.hidden = !known;
  };
  const set = (level) => {
    if (level === undefined) stated.delete(id);
    else stated.set(id, level);
    draw();
    changed();
  };
  input.addEventListener("input", () => set(Number(input.value)));
  reset.addEventListener("click", () => {
    set(undefined);
    input.focus();
  });
  zero.addEventListener("click", () => set(0));
  draw();
  return box;
}

/** The gap from a person's levels to a target; null where none of them is of its elements. */
export async function askOwnGap(stated, domain, to, signal) {
  const rated = new Set(
    Object.values(to.ratings)
      .flat()
      .map(({ element_id: id }) => id),
  );
  const profile = Object.fromEntries([...stated].filter(([id]) => rated.has(id)));
  if (!Object.keys(profile).length) return null;
  const question = { to: to.occupation.code, domain, definition: "higher" };
  const answer = await send("skill-gap", question, { profile }, signal);
  const verdict = { 1: "clearly_higher", 0: "too_close_to_tell" };
  const rows = answer.gaps.map((each) => ({
    ...each,
    verdict: verdict[each.is_significant] ?? "higher_without_error",
  }));
  return { ...answer, rows };
}

/** What the API says of a person's levels and a target. */
async function resultOf(stated, domain, to, signal) {
  if (!to) return [h("p", {}, RATE.chooseTarget)];
  if (!to.occupation.is_rated[domain])
    return [h("p", {}, RATE.notRated(to.occupation.title, nounOf(domain).many))];
  const answer = await askOwnGap(stated, domain, to, signal);
  if (!answer) return [h("p", {}, RATE.setSome)];
  const { counts, rows, profile: coverage } = answer;
  const drawn = [
    ["clear", counts.significant],
    ["close", counts.higher - counts.significant],
    ["met", coverage.compared - counts.higher],
  ];
  return [
    lead(ownSentence(domain, coverage, counts)),
    coverage.compared ? parts(drawn) : null,
    Object.entries(GROUPS).map(([name, { title, mark }]) => {
      const some = rows.filter((each) => each.verdict === name);
      return some.length
        ? h(
            "section",
            { class: mark },
            h("h3", {}, `${title} (${some.length})`),
            levelTable(some, title, domain, ""),
          )
        : null;
    }),
  ];
}

/** The occupations nearest to a person's levels, once there are enough of them to tell. */
async function nearestTo(stated, domain, signal) {
  const known = [...stated].filter(([id]) => COMPARED.test(id));
  const isFlat = new Set(known.map(([, level]) => level)).size < 2;
  if (known.length < FEWEST || isFlat)
    return card("", RATE.nearest, h("p", {}, RATE.tooFew(Math.max(FEWEST - known.length, 0))));
  const profile = Object.fromEntries(known);
  const answer = await send("transitions", {}, { profile }, signal).catch(nullIfRefused);
  return answer && waysCard(answer, domain, null);
}

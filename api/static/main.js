// Puts the page together: reads the state from the address, asks, shows; and again when it changes.

import { ask, askIfThere, askOccupation, Refused } from "./api.js";
import { byId, h, painted, present } from "./dom.js";
import { learnTitles, showForm } from "./form.js";
import { gapSpoken, gapView } from "./gap.js";
import { laborCard } from "./labor.js";
import { problemView, said, startView, UNEXPECTED } from "./messages.js";
import { ownPlanView, planView } from "./plan.js";
import { elsewhereCard, preparationCard, profileView, unratedView } from "./profile.js";
import { rateView } from "./rate.js";
import { askSides, sideView } from "./side.js";
import { CODE, current, fragment, identity, link, onChange } from "./state.js";
import { read } from "./stated.js";
import { technologyGapCard } from "./technology.js";
import { askWays, waysCard } from "./ways.js";
import {
  DOMAINS,
  notLoaded,
  nounOf,
  PLAN,
  PROBLEM,
  PROFILE,
  publishedHere,
  releaseName,
  SAMPLE,
  SIDE,
  title,
  UI,
  UNRATED,
} from "./words.js";

const main = byId("answer");
let asking = new AbortController();
let shown = null;
let published = null;

/** What is published; asked for once, and again where an answer names another build. */
async function learnPublication(signal, build) {
  if (!published || (build && build !== published.build_id))
    published = (await askIfThere("publication", {}, signal)) ?? published;
  return published;
}

/** The domains that this service has anything of. */
const domains = () => {
  const missing = new Set((published?.not_loaded ?? []).map(({ subject }) => subject));
  return Object.keys(DOMAINS).filter((domain) => !missing.has(domain));
};

/** A link for each domain that there is; `rated` narrows them further. */
function tabs(state, rated = () => true) {
  const there = domains().filter((domain) => rated(domain) || domain === state.domain);
  if (there.length < 2) return null;
  return h(
    "nav",
    { class: "tabs", "aria-label": UI.domains },
    there.map((domain) =>
      h(
        "a",
        {
          href: link({ ...state, domain }),
          "data-keep": domain,
          "aria-current": domain === state.domain ? "page" : null,
        },
        DOMAINS[domain].tab,
      ),
    ),
  );
}

/** Shows a view; what had the focus keeps it, or else the whole gets it. */
function show(text, children, spoken, publication) {
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  document.title = title(text);
  main.classList.remove("old");
  const sample = publication?.release === "sample";
  const banner =
    sample &&
    h("p", { id: "sample", class: "banner" }, h("strong", {}, SAMPLE.strong), SAMPLE.rest);
  main.replaceChildren(...present([banner, ...children]));
  byId("status").textContent = spoken ?? "";
  if (publication) {
    byId("release").textContent = `· ${releaseName(publication.release)}`;
    byId("published").textContent = publishedHere(publication.published_at);
  }
  if (!focused) return;
  const kept = focused.dataset.keep && CSS.escape(focused.dataset.keep);
  const same = focused.isConnected ? focused : kept && main.querySelector(`[data-keep="${kept}"]`);
  (same || main).focus({ preventScroll: true });
}

const pairOf = ({ from, to, domain }) => ({ from, to: to[0], domain });

async function showGap(state, signal) {
  const [answer] = await Promise.all([
    ask("compare", pairOf(state), signal),
    learnPublication(signal),
  ]);
  const { from, to, publication } = answer;
  await learnPublication(signal, publication.build_id);
  learnTitles({ code: state.from, title: from.title }, { code: state.to[0], title: to.title });
  const opened = fragment();
  const below = h("div", { id: "more" });
  const beside = h("aside", { id: "beside", "aria-label": UI.beside });
  const [head, nav, rows, paper] = gapView(answer, state, tabs(state), opened);
  const lacking = published?.not_loaded.filter(({ lost }) => lost).map(({ subject }) => subject);
  const note = lacking?.length ? h("p", { class: "note not-loaded" }, notLoaded(lacking)) : null;
  const name = `${from.title} → ${to.title}, ${nounOf(state.domain).tab.toLowerCase()}`;
  show(
    name,
    [head, nav, h("div", { class: "split" }, rows, beside), below, note, paper],
    gapSpoken(answer),
    publication,
  );
  // once this is painted: else the browser counts the foot as moved
  const goThere = () => byId(opened)?.scrollIntoView({ block: "center" });
  if (opened) requestAnimationFrame(() => requestAnimationFrame(goThere));
  await painted(); // on a slow line the first answer goes before what else is asked for
  const same = from.code === to.code;
  const codes = same ? [to.code] : [from.code, to.code];
  const [technologies, ways, ...about] = await Promise.all([
    same ? null : askIfThere("technology-gap", { from: from.code, to: to.code }, signal),
    askWays(from.code, signal),
    ...codes.map((code) => askOccupation(code, signal)),
  ]);
  const known = about.filter(Boolean);
  beside.replaceChildren(
    ...present([
      laborCard(known, answer.pay),
      known.length ? preparationCard(known.at(-1)) : null,
      elsewhereCard(...(same ? [to] : [to, from])),
    ]),
  );
  await painted(); // shorter tasks: the page answers between them
  below.replaceChildren(
    ...present([
      technologies && technologyGapCard(technologies),
      ways && waysOf(from.code, ways, state, signal),
    ]),
  );
  // what has no data has no tab: known only now that each side has said what it is rated in
  const rated = (domain) => known.every(({ occupation }) => occupation.is_rated[domain]);
  for (const tab of nav?.querySelectorAll("a:not([aria-current])") ?? [])
    tab.hidden = !rated(tab.dataset.keep);
}

const waysOf = (code, ways, { domain }, signal) =>
  waysCard(ways, domain, (narrowing) => askWays(code, signal, narrowing));

/** One side or both are not rated: what is known of each, and rated neighbours. */
async function showUnrated(state, signal) {
  const codes = await Promise.all(
    [state.from, state.to[0]].map((each) => codeOf(each, state.domain, signal)),
  );
  const [answers] = await Promise.all([
    Promise.all(codes.map((code) => ask(`occupations/${encodeURIComponent(code)}`, {}, signal))),
    learnPublication(signal),
  ]);
  const [from, to] = answers.map(({ occupation }) => occupation);
  learnTitles({ code: state.from, title: from.title }, { code: state.to[0], title: to.title });
  const unrated = await Promise.all(
    answers
      .map((answer, at) => ({ answer, side: ["from", "to"][at] }))
      .filter(({ answer }) => !answer.occupation.is_rated[state.domain])
      .map(async (each) => ({
        ...each,
        near: await neighbours(each.answer.occupation.code, state.domain, signal),
      })),
  );
  const technologies = await askIfThere("technology-gap", { from: from.code, to: to.code }, signal);
  const view = unratedView(answers, unrated, nounOf(state.domain).many, {
    from: from.code,
    to: [to.code],
    domain: state.domain,
  });
  const rated = (domain) => answers.every(({ occupation }) => occupation.is_rated[domain]);
  show(
    view.title,
    [
      h(
        "section",
        { class: "card title" },
        h("p", { class: "kicker" }, UNRATED.title),
        h(
          "h1",
          { elementtiming: "answer" },
          from.title,
          h("span", { class: "unseen" }, UI.to),
          h("span", { "aria-hidden": "true" }, " → "),
          to.title,
        ),
      ),
      Object.keys(DOMAINS).some(rated) ? tabs(state, rated) : null,
      view.notice,
      technologies ? technologyGapCard(technologies) : null,
      view.known,
    ],
    UNRATED.spoken(unrated.map(({ answer }) => answer.occupation.title).join(UI.and)),
    answers[0].publication,
  );
}

/** Rated neighbours of an occupation that is not rated. */
async function neighbours(code, domain, signal) {
  try {
    await ask("compare", { from: code, to: code, domain }, signal);
  } catch (error) {
    if (error instanceof Refused) return error.problem.near ?? [];
    throw error;
  }
  return [];
}

/** Only a code goes into a path: of any other text the API says which occupation it means. */
async function codeOf(text, domain, signal) {
  if (CODE.test(text)) return text;
  try {
    return (await ask("compare", { from: text, to: text, domain }, signal)).from.code;
  } catch (error) {
    if (error instanceof Refused && error.problem.type === "/problems/occupation-not-rated")
      return error.problem.value;
    throw error;
  }
}

async function showProfile(state, signal) {
  const asked = state.from || state.to[0];
  const code = await codeOf(asked, "skills", signal);
  const answer = await ask(`occupations/${encodeURIComponent(code)}`, {}, signal);
  const { occupation, publication } = answer;
  learnTitles({ code: asked, title: occupation.title });
  const isRated = Object.values(occupation.is_rated).some(Boolean);
  const near = isRated ? [] : await neighbours(occupation.code, "skills", signal);
  const below = h("div", { id: "more" });
  const [head, ...rest] = profileView(answer, near);
  show(occupation.title, [head, ...rest, below], PROFILE.spoken(occupation.title), publication);
  await painted();
  const ways = await askWays(occupation.code, signal);
  below.replaceChildren(...present([ways && waysOf(occupation.code, ways, state, signal)]));
}

async function showSides(state, signal) {
  const [found] = await Promise.all([askSides(state, signal), learnPublication(signal)]);
  const { from, publication } = found.answers[0];
  learnTitles(
    { code: state.from, title: from.title },
    ...found.answers.map(({ to }) => to),
    ...found.refused
      .filter(({ isKnown }) => isKnown)
      .map(({ problem, name }) => ({ code: problem.value, title: name })),
  );
  const view = sideView(found, state, tabs(state));
  const spoken = SIDE.spoken(from.title, found.answers.length);
  show(SIDE.title(from.title), view.children, spoken, publication);
  await painted();
  view.fill(await Promise.all(found.answers.map(({ to }) => askOccupation(to.code, signal))));
}

/** The plan from what a person says of themselves. */
async function showOwnPlan(state, levels, signal) {
  await learnPublication(signal);
  const { to, children, publication } = await ownPlanView(state, domains(), levels, signal);
  learnTitles({ code: state.to[0], title: to.title });
  show(PLAN.own(to.title), children, PLAN.own(to.title), publication);
}

async function showPlan(state, signal) {
  await learnPublication(signal);
  const plan = await planView(state, domains(), signal);
  learnTitles(
    { code: state.from, title: plan.from.title },
    { code: state.to[0], title: plan.to.title },
  );
  show(
    PLAN.title(plan.from.title, plan.to.title),
    plan.children,
    PLAN.title(plan.from.title, plan.to.title),
    plan.publication,
  );
}

async function showRate(state, signal) {
  await learnPublication(signal);
  const view = await rateView(state, tabs(state), signal);
  learnTitles(...view.titles);
  show(view.title, view.children, view.title, view.publication);
}

async function showStart(signal) {
  const view = startView();
  show("", view);
  published = await ask("publication", {}, signal);
  show("", view, "", published);
}

async function draw() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const state = current();
  showForm(state);
  const view = identity(state);
  if (view !== shown) {
    main.setAttribute("aria-busy", "true");
    main.classList.add("old"); // what stands there is of another state
  }
  try {
    if (state.view === "rate") await showRate(state, signal);
    else if (state.from && state.to.length > 1) await showSides(state, signal);
    else if (state.from && state.to.length)
      await (state.view === "plan" ? showPlan : showGap)(state, signal);
    else if (state.view === "plan" && CODE.test(state.to[0] ?? "") && read().size)
      await showOwnPlan(state, read(), signal);
    else if (state.from || state.to.length) await showProfile(state, signal);
    else await showStart(signal);
    shown = view;
  } catch (error) {
    if (signal.aborted) return;
    await showProblem(error, state, signal);
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

async function showProblem(error, state, signal) {
  const problem = error instanceof Refused ? error.problem : UNEXPECTED;
  shown = null;
  if (problem.type === "/problems/occupation-not-rated" && state.from && state.to.length) {
    try {
      await showUnrated(state, signal);
      shown = identity(state);
      return;
    } catch (another) {
      if (signal.aborted) return;
      if (!(another instanceof Refused)) throw another;
    }
  }
  const [heading, sentence] = said(problem, state);
  const otherSide = h("p", { hidden: true });
  const view = problemView(problem, state, draw, otherSide);
  const tell = (publication) => show(heading, view, `${heading}. ${sentence}`, publication);
  tell();
  if (problem === UNEXPECTED) throw error; // for the browser's console
  // the other side in words, where it is known
  const sides = { from: state.from, to: state.to[0] };
  const other = sides[problem.parameter === "from" ? "to" : "from"];
  const [about, publication] = await Promise.all([
    problem.parameter && CODE.test(other ?? "") ? askOccupation(other, signal) : null,
    learnPublication(signal),
  ]).catch(() => [null, null]);
  if (signal.aborted) return;
  if (about) {
    learnTitles({ code: other, title: about.occupation.title });
    otherSide.textContent = PROBLEM.asked(about.occupation.title, problem.parameter !== "to");
    otherSide.hidden = false;
  }
  tell(publication);
}

// On paper nothing can be opened: everything is open there.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...main.querySelectorAll("details:not([open])")];
  for (const each of closed) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of closed) each.open = false;
});

onChange(() => {
  // a step to another part of the same page is not worth asking again
  if (identity(current()) !== shown || main.hasAttribute("aria-busy")) draw();
});
draw();

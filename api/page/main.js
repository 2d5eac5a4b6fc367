// Puts the page together: reads the state from the address, asks, shows; and again whenever the state changes.

import { ask, askIfThere, Refused } from "./api.js";
import { byId, h } from "./dom.js";
import { gapSpoken, gapView } from "./gap.js";
import { plain, problemView, startView, UNEXPECTED } from "./messages.js";
import { addMore } from "./more.js";
import { profileView } from "./profile.js";
import { searchField } from "./search.js";
import { CODE, current, go, link, onChange, openedRow } from "./state.js";
import { day, DOMAINS, releaseName } from "./words.js";

const main = byId("answer");
const fields = {
  from: searchField("from", () => current().domain, (code) => choose("from", code)),
  to: searchField("to", () => current().domain, (code) => choose("to", code)),
};
let asking = new AbortController();
let shown = null;
let published = { build_id: null, not_loaded: [] };

function choose(side, code) {
  const state = { ...current(), [side]: code };
  if (side === "from" && code && !state.to) fields.to.focus();
  go(state);
}

function showRelease({ release, published_at: moment }) {
  byId("release").textContent = `${releaseName(release)}, published here ${day(moment)}`;
  byId("sample").hidden = release !== "sample";
}

/** Learns what is not loaded; once for each build is enough. */
async function learnPublication(signal) {
  published = (await askIfThere("publication", {}, signal)) ?? published;
}

const unloaded = () => published.not_loaded.map(({ subject }) => subject);

function showDomains(state) {
  const nav = byId("domains");
  nav.hidden = !(state.from && state.to);
  const missing = new Set(unloaded());
  const tabs = Object.entries(DOMAINS).map(([domain, { tab }]) => {
    const here = domain === state.domain;
    // the links stay, so that the one with the focus keeps it
    const anchor = nav.querySelector(`[data-domain=${domain}]`) ?? h("a", { "data-domain": domain }, tab);
    if (missing.has(domain)) anchor.removeAttribute("href");
    else anchor.setAttribute("href", link({ ...state, domain }));
    anchor.replaceChildren(tab, ...(missing.has(domain) ? [h("span", { class: "note" }, " not loaded here")] : []));
    if (here) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
    return anchor;
  });
  if (!nav.children.length) nav.append(...tabs);
}

function present(title, children, spoken) {
  document.title = title ? `${title} · O*NET skill gaps` : "O*NET skill gaps";
  main.replaceChildren(...children.flat(Infinity).filter(Boolean));
  byId("status").textContent = spoken ?? "";
}

async function showGap(state, signal) {
  const [answer] = await Promise.all([ask("compare", state, signal), published.build_id || learnPublication(signal)]);
  const { from, to, publication } = answer;
  fields.from.set(state.from, from.title);
  fields.to.set(state.to, to.title);
  showRelease(publication);
  if (publication.build_id !== published.build_id) await learnPublication(signal);
  showDomains(state);
  const opened = openedRow();
  present(`${from.title} → ${to.title}, ${DOMAINS[state.domain].tab.toLowerCase()}`, gapView(answer, opened), gapSpoken(answer));
  if (opened) byId(opened)?.scrollIntoView({ block: "center" });
  await addMore(from, to, state.domain, unloaded(), signal);
}

async function showProfile(state, signal) {
  const asked = state.from || state.to;
  // Only a code goes into a path: of any other text the API says which occupation it means, or why none.
  const code = CODE.test(asked) ? asked : (await ask("compare", { from: asked, to: asked }, signal)).from.code;
  const answer = await ask(`occupations/${encodeURIComponent(code)}`, {}, signal);
  const { occupation, publication } = answer;
  const domains = await Promise.all(
    Object.keys(DOMAINS).map((domain) => (occupation.is_rated[domain] ? ask("compare", { from: code, to: code, domain }, signal) : null)),
  );
  fields[state.from ? "from" : "to"].set(asked, occupation.title);
  showRelease(publication);
  present(occupation.title, profileView(answer, domains), `Profile of ${occupation.title}`);
  await addMore(occupation, null, state.domain, answer.not_loaded, signal);
}

async function showStart(signal) {
  const publication = await ask("publication", {}, signal);
  present("", startView());
  showRelease(publication);
}

async function show() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const state = current();
  for (const side of ["from", "to"]) fields[side].set(state[side]);
  showDomains(state);
  const view = link(state);
  if (view !== shown) main.setAttribute("aria-busy", "true");
  try {
    if (state.from && state.to) await showGap(state, signal);
    else if (state.from || state.to) await showProfile(state, signal);
    else await showStart(signal);
    shown = view;
  } catch (error) {
    if (signal.aborted) return;
    const problem = error instanceof Refused ? error.problem : UNEXPECTED;
    shown = null;
    present(problem.title, problemView(problem, state, show), `${problem.title}. ${plain(problem)}`);
    if (problem === UNEXPECTED) throw error; // for the browser's console
    const publication = await askIfThere("publication", {}, signal).catch(() => null);
    if (publication && !signal.aborted) {
      published = publication;
      showRelease(publication);
      showDomains(state);
    }
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

byId("choose").addEventListener("submit", (event) => event.preventDefault());
byId("swap").addEventListener("click", () => {
  const { from, to, domain } = current();
  go({ from: to, to: from, domain });
});
onChange(() => {
  // a step to another part of the same page is not worth asking again
  if (link(current()) !== shown || main.hasAttribute("aria-busy")) show();
});
show();

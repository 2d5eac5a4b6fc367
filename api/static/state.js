// The state is the address: which occupations, which domain, which view. Everything on the page
// follows from it, so it can be bookmarked and shared. What a person says of themselves stands
// after the `#`, which no browser sends to a server.

import { DOMAINS, FILTER, FILTERS } from "./words.js";

export const CODE = /^\d{2}-\d{4}(\.\d{2})?$/;
export const MAX_TARGETS = 4;
const VIEWS = ["rate", "plan"];
const SHOWS = FILTERS.map(([name]) => name);
const IMPORTANCES = FILTER.importances.map(([value]) => value);
const FIRST_DOMAIN = Object.keys(DOMAINS)[0];

/** The text behind the `#`; none where it is no text. */
export function fragment() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** What the address names; a domain that there is not is kept, for the API to refuse. */
export function current() {
  const query = new URLSearchParams(location.search);
  const text = (name) => (query.get(name) ?? "").trim();
  const known = (name, values) => (values.includes(text(name)) ? text(name) : values[0]);
  const targets = query.getAll("to").map((each) => each.trim());
  return {
    from: text("from"),
    to: [...new Set(targets.filter(Boolean))].slice(0, MAX_TARGETS),
    domain: query.get("domain") || FIRST_DOMAIN,
    view: known("view", ["", ...VIEWS]),
    show: known("show", SHOWS),
    importance: known("importance", IMPORTANCES),
  };
}

/** The address of a state, relative to the page; what is as usual goes without saying. */
export function link({ from, to, domain, view, show, importance }) {
  const query = new URLSearchParams();
  if (from) query.set("from", from);
  for (const each of [to ?? []].flat()) query.append("to", each);
  if (domain && domain !== FIRST_DOMAIN) query.set("domain", domain);
  if (view) query.set("view", view);
  if (show && show !== SHOWS[0]) query.set("show", show);
  if (importance) query.set("importance", importance);
  return query.size ? `?${query}` : "./";
}

/** The address without what only narrows the rows that are there already. */
export const identity = (state) => link({ ...state, show: "", importance: "" });

/** Goes to a state, as a click on its link would; what stands behind the `#` may be kept. */
export function go(state, keepFragment = false) {
  const before = location.href;
  history.pushState(null, "", link(state) + (keepFragment ? location.hash : ""));
  if (location.href !== before) dispatchEvent(new Event("state"));
}

/** Notes another state in the address, without a step in the history. */
export const note = (state) => history.replaceState(null, "", link(state) + location.hash);

/** Notes in the address which row is open, or what a person says, without a step in the history. */
export function mark(text) {
  const behind = text ? `#${text}` : "";
  history.replaceState(null, "", `${location.pathname}${location.search}${behind}`);
}

/** Calls back when the state has changed: by `go`, by a link of the page, by back or forward. */
export function onChange(callback) {
  addEventListener("state", callback);
  addEventListener("popstate", callback);
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    const href = anchor?.getAttribute("href");
    if (!href || !(href === "./" || href.startsWith("?"))) return;
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey) return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", href);
    scrollTo(0, 0);
    callback();
  });
}

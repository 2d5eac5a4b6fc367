// The state is the address: which occupations, which domain. Everything on the page follows from it, so it can be bookmarked and shared.

import { DOMAINS } from "./words.js";

export const CODE = /^\d{2}-\d{4}(\.\d{2})?$/;

/** The element whose row is open, by the address; none where the fragment is no text. */
export function openedRow() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** The state that the address names; a domain that there is not is kept, for the API to refuse. */
export function current() {
  const query = new URLSearchParams(location.search);
  const code = (name) => (query.get(name) ?? "").trim();
  return { from: code("from"), to: code("to"), domain: query.get("domain") || Object.keys(DOMAINS)[0] };
}

/** The address of a state, relative to the page; the first domain goes without saying. */
export function link({ from, to, domain }) {
  const query = new URLSearchParams();
  if (from) query.set("from", from);
  if (to) query.set("to", to);
  if (domain && domain !== Object.keys(DOMAINS)[0]) query.set("domain", domain);
  return query.size ? `?${query}` : "./";
}

/** Goes to a state, as a click on its link would. */
export function go(state) {
  const before = location.href;
  history.pushState(null, "", link(state));
  if (location.href !== before) dispatchEvent(new Event("state"));
}

/** Notes in the address which row is open, without a step in the history. */
export function mark(id) {
  history.replaceState(null, "", `${location.pathname}${location.search}${id ? `#${id}` : ""}`);
}

/** Calls back whenever the state has changed: by `go`, by a link of the page's own, by back or forward. */
export function onChange(callback) {
  addEventListener("state", callback);
  addEventListener("popstate", callback);
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    const href = anchor?.getAttribute("href");
    if (!href || !(href === "./" || href.startsWith("?"))) return;
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", href);
    scrollTo(0, 0);
    callback();
  });
}

// What a person says of themselves: element → level. It stands behind the `#` of the address, which
// no browser sends to a server, or in a file of their own.

import { fragment, mark } from "./state.js";

const ENTRY = /^([0-9](?:\.[A-Za-z0-9]{1,3}){0,9}):([0-7](?:\.[0-9]{1,2})?)$/;
const PREFIX = "you=";
const KIND = "skill-gap-levels";

const isLevel = (value) => typeof value === "number" && value >= 0 && value <= 7;

/** The levels that the address has; what cannot be read is left out. */
export function read() {
  const text = fragment();
  const entries = text.startsWith(PREFIX) ? text.slice(PREFIX.length).split(",") : [];
  const pairs = entries.map((each) => ENTRY.exec(each)).filter(Boolean);
  return new Map(
    pairs
      .map(([, element, level]) => [element, Number(level)])
      .filter(([, level]) => isLevel(level)),
  );
}

/** The part of an address that has the levels. */
export const written = (levels) =>
  levels.size
    ? PREFIX + [...levels].map(([element, level]) => `${element}:${level}`).join(",")
    : "";

/** Notes the levels in the address. */
export const keep = (levels) => mark(written(levels));

/** The levels as a file's text. */
export const asFile = (levels) =>
  JSON.stringify({ kind: KIND, profile: Object.fromEntries(levels) }, null, 1);

/** The levels of such a file; null where it is not one. */
export function fromFile(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (found?.kind !== KIND || typeof found.profile !== "object" || !found.profile) return null;
  const entries = Object.entries(found.profile);
  const isRight = entries.every(
    ([element, level]) => isLevel(level) && ENTRY.test(`${element}:${level}`),
  );
  return isRight ? new Map(entries) : null;
}

// Asks the public endpoints. Addresses are relative to the page, so that it also works under a path
// of its own behind a proxy.

/** What went wrong: the API's problem+json, or the same form where something else answered. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.type);
    this.problem = problem;
  }
}

const GONE = { type: "gone" };

const KEY = "key";

/** Keeps the service's key for this tab: in no address, and gone with the tab. */
export const keepKey = (key) => sessionStorage.setItem(KEY, key);

/** The key, where there is one; a browser that keeps nothing for pages has none. */
const keptKey = () => {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
};

export const hasKey = () => Boolean(keptKey());

const headers = (accept) => {
  const key = keptKey();
  return key ? { Accept: accept, Authorization: `Bearer ${key}` } : { Accept: accept };
};

/** The address of an endpoint with its parameters; absent ones are left out. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

async function answered(url, options) {
  let answer;
  try {
    answer = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(GONE);
  }
  let body = null;
  try {
    body = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (answer.ok && body) return body;
  // Behind a proxy the type has the path that the service is under.
  if (body?.type) body.type = body.type.replace(/^.*(?=\/problems\/)/, "");
  throw new Refused(body?.type ? body : { ...GONE, status: answer.status });
}

/** The answer's body. Throws Refused; an AbortError where the caller gave up. */
export const ask = (path, parameters, signal) =>
  answered(address(path, parameters), { headers: headers("application/json"), signal });

/** The same of a POST of a body as JSON. */
export const send = (path, parameters, body, signal) =>
  answered(address(path, parameters), {
    method: "POST",
    headers: { ...headers("application/json"), "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });

/** Where there is a key, which a link cannot send: fetches the file of the link with it. */
export async function saveFile(event) {
  if (!keptKey()) return;
  event.preventDefault();
  const answer = await fetch(event.currentTarget.href, { headers: headers("text/csv") });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
  saveBlob(name, await answer.blob());
}

/** Hands the browser a file to save. */
export function saveBlob(name, blob) {
  const file = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: file, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

/** The answer's body, or null where this service has no such endpoint or nothing to say. */
export const askIfThere = (path, parameters, signal) =>
  ask(path, parameters, signal).catch(nullIfRefused);

/** For what a promise of an answer is refused with: there is none then. */
export function nullIfRefused(error) {
  if (error instanceof Refused) return null;
  throw error;
}

/** For what goes on by itself: that somebody went elsewhere meanwhile is no error. */
export const unlessLeft = (error) => error.name === "AbortError" || reportError(error);

/** One occupation, whole; null where there is none of that code. */
export const askOccupation = (code, signal) =>
  askIfThere(`occupations/${encodeURIComponent(code)}`, {}, signal);

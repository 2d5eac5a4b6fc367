// Asks the public endpoints. Addresses are relative to the page, so that it also works under a path of its own behind a proxy.

/** What went wrong, as the API says it (problem+json), or in the same form where nothing or something else answered. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

const GONE = {
  type: "gone",
  title: "The service does not answer",
  detail: "It may be restarting, or the connection to it is gone. Nothing is lost: try again in a moment.",
};

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

const headers = (accept) => {
  const key = keptKey();
  return key ? { Accept: accept, Authorization: `Bearer ${key}` } : { Accept: accept };
};

/** The address of an endpoint with its parameters; absent ones are left out. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

/** The answer's body. Throws Refused; an AbortError where the caller gave up. */
export async function ask(path, parameters, signal) {
  let answer;
  try {
    answer = await fetch(address(path, parameters), { headers: headers("application/json"), signal });
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
  if (body?.title && body?.detail) throw new Refused(body);
  throw new Refused({ ...GONE, title: `The service cannot answer (${answer.status})` });
}

/** Answers a click on a link to a file where there is a key, which a link cannot send: fetches the file with it. */
export async function saveFile(event) {
  if (!keptKey()) return;
  event.preventDefault();
  const answer = await fetch(event.currentTarget.href, { headers: headers("text/csv") });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
  const file = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: file, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

/** The answer's body, or null where this service has no such endpoint or nothing to say. */
export async function askIfThere(path, parameters, signal) {
  try {
    return await ask(path, parameters, signal);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

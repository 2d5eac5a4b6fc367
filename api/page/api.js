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

/** The address of an endpoint with its parameters; absent ones are left out. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

/** The answer's body. Throws Refused; an AbortError where the caller gave up. */
export async function ask(path, parameters, signal) {
  let answer;
  try {
    answer = await fetch(address(path, parameters), { headers: { Accept: "application/json" }, signal });
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

/** The answer's body, or null where this service has no such endpoint or nothing to say. */
export async function askIfThere(path, parameters, signal) {
  try {
    return await ask(path, parameters, signal);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

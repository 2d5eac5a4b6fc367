// A field that finds occupations while one types: the combobox of the ARIA authoring practices,
// over /occupations. What was typed stays when one leaves the field; it is taken where unique.

import { ask, Refused } from "./api.js";
import { byId, h } from "./dom.js";
import { CODE } from "./state.js";
import { problemWords, SEARCH } from "./words.js";

const WAIT = 120; // milliseconds without a key before the API is asked
const PAGE = 12;
const NONE = { code: "", title: "" };

/** Makes a combobox of the input `id`; `choose(code)` is told what was chosen, "" for none. */
export function searchField(id, domain, choose) {
  const input = byId(id);
  const list = byId(`${id}-list`);
  const said = byId(`${id}-said`);
  const status = byId("status");
  let found = [];
  let total = 0;
  let active = -1;
  let chosen = NONE;
  let timer = 0;
  let stale = false; // typed since the list was made
  let isTyped = false; // what stands in the field was typed and is not chosen
  let isGuess = false; // found by another spelling
  let asking = new AbortController();
  let keys = Promise.resolve(); // the key presses, one after another

  const shown = () => !list.hidden;
  const text = () => input.value.trim();
  const same = () => text() === chosen.title || text() === chosen.code;

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** A sentence under the field: why what stands in it is not chosen. */
  function say(words) {
    said.textContent = words;
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function activate(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function pick(occupation) {
    chosen = occupation;
    isTyped = false;
    input.value = occupation.title || occupation.code;
    say("");
    close();
    choose(occupation.code);
  }

  function show(children) {
    list.replaceChildren(...children);
    list.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  }

  const hint = (words) => {
    status.textContent = words;
    return h(
      "li",
      { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "hint" },
      words,
    );
  };

  const option = (place, attributes, ...children) =>
    h(
      "li",
      {
        role: "option",
        id: `${id}-${place}`,
        "aria-selected": "false",
        // not click: the field would lose the focus before it
        mousedown: (event) => event.preventDefault(),
        ...attributes,
      },
      children,
    );

  const note = ({ is_rated: rated }) => (rated[domain()] === 0 ? SEARCH.notRated : "");
  // found by another name that it goes by: that name too
  const alias = ({ match }) =>
    ["reported", "alternate", "technology"].includes(match?.kind)
      ? h("span", { class: "alias" }, match.title)
      : null;

  /** The list: what was found, and a last line that fetches more. Options lead it, hints follow. */
  function showFound(lead) {
    const options = found.map((each, place) =>
      option(
        place,
        { click: () => pick(each) },
        h("span", {}, each.title, alias(each)),
        h("span", { class: "code" }, each.code, note(each)),
      ),
    );
    if (found.length < total)
      options.push(
        option(found.length, { class: "more", click: more }, SEARCH.shown(found.length, total)),
      );
    if (lead) options.push(hint(lead));
    show(options);
    if (!lead)
      status.textContent =
        found.length < total ? SEARCH.foundMore(found.length, total) : SEARCH.found(total);
  }

  const search = (q, offset = 0) =>
    ask(
      "occupations",
      { q, limit: String(PAGE), offset: offset ? String(offset) : "" },
      asking.signal,
    );

  async function more() {
    const { length } = found;
    try {
      const answer = await search(text(), length);
      found = [...found, ...answer.occupations];
      showFound(isGuess ? SEARCH.near(text()) : "");
      activate(length);
    } catch (error) {
      if (!(error instanceof Refused)) return;
      show([hint(problemWords(error.problem, text(), domain())[1])]);
    }
  }

  /** Asks for what stands in the field; whether the list is of that now. */
  async function find() {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    const q = text();
    try {
      const answer = await search(q);
      stale = q !== text();
      found = answer.occupations;
      total = answer.total;
      isGuess = found.every(({ match }) => match?.place === "similar");
      if (found.length) showFound(isGuess ? SEARCH.near(q) : "");
      else {
        const kinds = ["alternate", "reported"].filter((kind) =>
          answer.not_loaded.includes(`${kind}_titles`),
        );
        show([hint(SEARCH.none(answer.q, kinds.length ? SEARCH.unless(kinds) : ""))]);
      }
    } catch (error) {
      if (!(error instanceof Refused)) return false; // another question overtook this one
      stale = q !== text();
      found = [];
      total = 0;
      show([hint(problemWords(error.problem, q, domain())[1])]);
    }
    return !stale;
  }

  /** The one occupation that the text means, among those found; none where it is not plain. */
  const unique = () => {
    const exact = found.filter((each) => each.title.toLowerCase() === text().toLowerCase());
    if (exact.length === 1) return exact[0];
    return total === 1 && !isGuess ? found[0] : null;
  };

  async function enter() {
    if (active >= 0) return active < found.length ? pick(found[active]) : more();
    if (!text()) return pick(NONE);
    if (same()) return close();
    if (CODE.test(text())) return pick({ code: text(), title: "" });
    const one = (await find()) && unique();
    if (one) pick(one);
    return undefined;
  }

  async function move(step) {
    if ((!shown() || stale) && !(await find())) return;
    const options = list.querySelectorAll('[role="option"]:not([aria-disabled])').length;
    if (!options) return;
    activate(active < 0 && step < 0 ? options - 1 : (active + step + options) % options);
  }

  /** The field is left: what stands in it stays, and is taken where it is unique. */
  async function leave() {
    close();
    if (!text() || same()) {
      say("");
      if (!text() && chosen.code) pick(NONE);
      return;
    }
    if (CODE.test(text())) return pick({ code: text(), title: "" });
    if (!(await find()) || document.activeElement === input) return;
    const [typed, one, number] = [text(), unique(), total];
    close();
    if (one) pick(one);
    else say(number ? SEARCH.choose(typed, number) : SEARCH.unknown(typed));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    stale = true;
    isTyped = true;
    say("");
    activate(-1);
    if (text()) timer = setTimeout(find, WAIT);
    else close();
  });

  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (input.readOnly) return;
    if (key === "Enter" || key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      // one may have to wait for a list: the next is of that list too
      const press = () => (key === "Enter" ? enter() : move(key === "ArrowDown" ? 1 : -1));
      keys = keys.then(press).catch(reportError);
    } else if (key === "Escape") {
      if (shown()) close();
      else {
        input.value = chosen.title || chosen.code;
        isTyped = false;
        say("");
      }
    } else if (key === "Tab" && active >= 0 && found[active]) pick(found[active]);
  });

  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", leave);

  return {
    focus: () => input.focus(),
    /** Shows what the state says; what is being typed stays while nothing else was chosen. */
    set(code, title) {
      const isOther = code !== chosen.code;
      chosen = { code, title: title ?? (isOther ? "" : chosen.title) };
      if (shown() || (isTyped && !isOther)) return;
      isTyped = false;
      input.value = chosen.title || chosen.code;
      say("");
    },
  };
}

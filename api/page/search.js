// A field that finds occupations while one types: the combobox of the ARIA authoring practices, over /occupations.

import { ask, Refused } from "./api.js";
import { byId, h } from "./dom.js";
import { CODE } from "./state.js";

const WAIT = 120; // milliseconds without a key before the API is asked

/** Makes a combobox of the input `id`; `choose(code)` is called with what was chosen, "" where the field was emptied. */
export function searchField(id, domain, choose) {
  const input = byId(id);
  const list = byId(`${id}-list`);
  const status = byId("status");
  let found = [];
  let unloaded = []; // subjects that the service was loaded without
  let active = -1;
  let chosen = { code: "", title: "" };
  let timer = 0;
  let stale = false; // typed since the list was made
  let asking = new AbortController();

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
    input.value = occupation.title || occupation.code;
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

  function say(words) {
    show([h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "hint" }, words)]);
    found = [];
    status.textContent = words;
  }

  const option = (occupation, place) =>
    h(
      "li",
      {
        role: "option",
        id: `${id}-${place}`,
        "aria-selected": "false",
        // not click: the field would lose the focus before it
        mousedown: (event) => event.preventDefault(),
        click: () => pick(occupation),
      },
      h("span", {}, occupation.title, alias(occupation)),
      h("span", { class: "code" }, occupation.code, note(occupation)),
    );

  const note = (occupation) => {
    if (occupation.is_rated[domain()] !== 0) return "";
    return unloaded.includes(domain()) ? " · not loaded here" : " · not rated";
  };

  // found by another name that it goes by: that name too
  const alias = ({ match }) => (["reported", "alternate"].includes(match?.kind) ? h("span", { class: "alias" }, match.title) : null);

  async function find() {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    const q = text();
    try {
      const answer = await ask("occupations", { q, limit: "12" }, asking.signal);
      found = answer.occupations;
      stale = false;
      unloaded = answer.not_loaded;
      const kinds = ["alternate", "reported"].filter((kind) => unloaded.includes(`${kind}_titles`));
      const unless = kinds.length ? ` among the titles that are loaded here: ${kinds.join(" and ")} ones are not` : "";
      if (!found.length) return say(`No occupation is called “${answer.q}”${unless}.`);
      show(found.map(option));
      const more = answer.total > found.length ? `, ${found.length} shown` : "";
      status.textContent = `${answer.total} occupation${answer.total === 1 ? "" : "s"} found${more}.`;
    } catch (error) {
      if (!(error instanceof Refused)) return undefined;
      say(error.problem.detail);
    }
    return undefined;
  }

  async function enter() {
    if (active >= 0 && found[active]) return pick(found[active]);
    if (!text()) return pick({ code: "", title: "" });
    if (same()) return close();
    if (CODE.test(text())) return pick({ code: text(), title: "" });
    await find();
    const exact = found.filter((each) => each.title.toLowerCase() === text().toLowerCase());
    if (exact.length === 1) pick(exact[0]);
    else if (found.length === 1) pick(found[0]);
    return undefined;
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    stale = true;
    activate(-1);
    if (text()) timer = setTimeout(find, WAIT);
    else close();
  });

  input.addEventListener("keydown", async (event) => {
    const { key } = event;
    if (key === "Enter") {
      event.preventDefault();
      await enter();
    } else if (key === "Escape") {
      if (shown()) close();
      else input.value = chosen.title || chosen.code;
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!shown() || stale) await find();
      if (!found.length) return;
      const step = key === "ArrowDown" ? 1 : -1;
      activate(active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length);
    } else if (key === "Tab" && active >= 0 && found[active]) pick(found[active]);
  });

  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    if (!text() && chosen.code) pick({ code: "", title: "" });
    else input.value = chosen.title || chosen.code;
  });

  return {
    focus: () => input.focus(),
    /** Shows what the state says; while the field is being typed in, only its memory changes. */
    set(code, title) {
      chosen = { code, title: title ?? (chosen.code === code ? chosen.title : "") };
      if (!shown()) input.value = chosen.title || chosen.code;
    },
  };
}

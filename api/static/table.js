// The rows of a comparison: a name that opens, the picture, the figures.

import { arrow, axis } from "./chart.js";
import { h } from "./dom.js";
import { mark } from "./state.js";
import { COLUMNS, figure, importanceWord, ROW, signed, TAGS, UI } from "./words.js";

const cell = (name, ...children) => h("td", { role: "cell", class: name }, ...children);
const heading = (name, ...children) =>
  h("th", { role: "columnheader", scope: "col", class: name }, ...children);

/** One group of rows as a table; the row of the element `opened` is open. */
export const levels = (rows, group, domain, opened) =>
  h(
    "table",
    { role: "table", class: "levels" },
    h("caption", { class: "unseen" }, COLUMNS.caption(group)),
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        heading("name", COLUMNS.name(domain)),
        heading("chart", h("span", { class: "unseen" }, UI.picture), axis()),
        heading("now", COLUMNS.now),
        heading("needed", COLUMNS.needed),
        heading("gap", COLUMNS.gap),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      rows.map((element) => row(element, element.element_id === opened)),
    ),
  );

function row(element, open) {
  const id = `about-${element.element_id}`;
  const about = h(
    "tr",
    { role: "row", class: "about", id, hidden: !open },
    h("td", { role: "cell", colspan: "5" }, details(element)),
  );
  const toggle = (event) => {
    about.hidden = !about.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!about.hidden));
    mark(about.hidden ? "" : element.element_id);
  };
  const tag = (element.is_missing && TAGS.missing) || (element.is_newly_relevant && TAGS.new);
  return [
    h(
      "tr",
      { role: "row", id: element.element_id },
      h(
        "th",
        { role: "rowheader", scope: "row", class: "name" },
        h(
          "button",
          {
            type: "button",
            class: "open",
            "aria-expanded": String(open),
            "aria-controls": id,
            click: toggle,
          },
          element.element_name,
        ),
        h(
          "span",
          { class: "why" },
          importanceWord(element.to_importance),
          tag ? [" ", h("span", { class: "tag" }, tag)] : null,
        ),
      ),
      cell("chart scale", arrow(element)),
      cell("now", figure(element.from_level)),
      cell("needed", figure(element.to_level)),
      cell("gap", signed(element.level_gap)),
    ),
    about,
  ];
}

function details(element) {
  const line = (name, ...said) => [h("dt", {}, name), h("dd", {}, ...said)];
  const level = (side) =>
    element[`${side}_level`] === 0
      ? ROW.none
      : ROW.level(
          element[`${side}_level`],
          element[`${side}_anchor_level`],
          element[`${side}_anchor`],
        );
  const group = element.group_name ? ` (${element.group_name})` : "";
  return h(
    "dl",
    {},
    element.element_description ? line(ROW.what, element.element_description, group) : null,
    line(ROW.now, level("from"), ROW.importance(element.from_importance)),
    line(ROW.needed, level("to"), ROW.importance(element.to_importance)),
    line(
      ROW.gap,
      ROW.difference(element.level_gap, element.gap_margin),
      element.is_low_precision ? ROW.imprecise : null,
      element.is_supplemented ? ROW.supplemented : null,
    ),
  );
}

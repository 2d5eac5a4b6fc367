// The pictures: inline SVG whose horizontal places are shares of the width, so that they need no measuring and fit any screen.
// They repeat what the text beside them says, and are hidden from screen readers.

import { s } from "./dom.js";

const MAX = 7;
const at = (level) => `${((100 * Math.min(Math.max(level, 0), MAX)) / MAX).toFixed(2)}%`;
const svg = (...children) => s("svg", { "aria-hidden": "true", focusable: "false" }, children);

/** The scale's numbers, 0 to 7. */
export const axis = () => svg(Array.from({ length: MAX + 1 }, (_, level) => s("text", { x: at(level), y: "75%", "text-anchor": "middle" }, level)));

/** An arrow from a level to a level, and the 95 % margin of the gap around its tip; the margin may be unknown. */
export function arrow({ from_level: from, to_level: to, gap_margin: margin }) {
  const up = to >= from;
  const band = [];
  if (margin !== null) {
    const [low, high] = [Math.max(to - margin, 0), Math.min(to + margin, MAX)];
    band.push(s("rect", { class: "band", x: at(low), width: at(high - low), y: "16%", height: "68%" }));
    for (const end of [low, high]) band.push(s("line", { class: "edge", x1: at(end), x2: at(end), y1: "12%", y2: "88%" }));
  }
  return svg(
    band,
    s("line", { class: "shaft", x1: at(from), x2: at(to), y1: "50%", y2: "50%" }),
    s("circle", { class: "now", cx: at(from), cy: "50%", r: "5" }),
    s("svg", { x: at(to), y: "50%", class: "tip" }, s("path", { d: up ? "M-9-6L1 0L-9 6z" : "M9-6L-1 0L9 6z" })),
  );
}

/** A level as a bar. */
export const level = (value) =>
  svg(s("rect", { class: "bar", x: "0", width: at(value), y: "25%", height: "50%" }), s("line", { class: "edge", x1: at(value), x2: at(value), y1: "15%", y2: "85%" }));

/** Two shares from 0 to 1 on one line: how alike as a bar, what is met as a diamond; the second may be unknown. */
export const move = (alike, met) => {
  const share = (value) => `${(100 * Math.min(Math.max(value, 0), 1)).toFixed(1)}%`;
  return svg(
    s("rect", { class: "frame", width: "100%", y: "30%", height: "40%" }),
    s("rect", { class: "bar", width: share(alike), y: "30%", height: "40%" }),
    met === null ? null : s("svg", { x: share(met), y: "50%", class: "tip" }, s("path", { class: "met", d: "M0-7L6 0L0 7L-6 0z" })),
  );
};

/** A range of wages with its median on a line from 0 to `top`; a part that is not known is left out. */
export const range = ({ p10, median, p90 }, top) => {
  const share = (value) => `${((100 * value) / top).toFixed(1)}%`;
  const end = p90 ?? median ?? p10;
  return svg(
    s("rect", { class: "frame", width: "100%", y: "42%", height: "16%" }),
    s("rect", { class: "bar", x: share(p10), width: share(end - p10), y: "30%", height: "40%" }),
    median === null ? null : s("line", { class: "median", x1: share(median), x2: share(median), y1: "15%", y2: "85%" }),
  );
};

/** The signs of the legend, each in a box of its own. */
export const signs = {
  now: () => s("svg", { "aria-hidden": "true", class: "sign", viewBox: "-8 -8 16 16" }, s("circle", { class: "now", r: "5" })),
  needed: () => s("svg", { "aria-hidden": "true", class: "sign clear", viewBox: "-8 -8 16 16" }, s("path", { class: "tip", d: "M-5-6L6 0L-5 6z" })),
  band: () =>
    s(
      "svg",
      { "aria-hidden": "true", class: "sign wide clear", viewBox: "0 0 36 16" },
      s("rect", { class: "band", x: "1", y: "2", width: "34", height: "12" }),
      s("path", { class: "edge", d: "M1 0V16M35 0V16" }),
    ),
};

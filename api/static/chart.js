// The pictures: inline SVG whose horizontal places are shares of the width, so that they need no
// measuring and fit any screen. They repeat what the text beside them says, and are hidden from
// screen readers.

import { s } from "./dom.js";

const MAX = 7;
const share = (part, whole = 1) =>
  `${((100 * Math.min(Math.max(part, 0), whole)) / whole).toFixed(2)}%`;
const at = (level) => share(level, MAX);
const svg = (...children) => s("svg", { "aria-hidden": "true", focusable: "false" }, children);

/** The scale's numbers, 0 to 7. */
export const axis = () =>
  svg(
    Array.from({ length: MAX + 1 }, (_, level) =>
      s("text", { x: at(level), y: "75%", "text-anchor": "middle" }, level),
    ),
  );

/** From a level to a level, and the margin of the gap around its tip; the margin may be unknown. */
export function arrow({ from_level: from, to_level: to, gap_margin: margin }) {
  const up = to >= from;
  const band = [];
  if (margin !== null && margin !== undefined) {
    const [low, high] = [Math.max(to - margin, 0), Math.min(to + margin, MAX)];
    band.push(
      s("rect", {
        class: "band",
        x: at(low),
        width: at(high - low),
        y: "20%",
        height: "60%",
        rx: "3",
      }),
    );
  }
  return svg(
    band,
    s("line", { class: "shaft", x1: at(from), x2: at(to), y1: "50%", y2: "50%" }),
    s("circle", { class: "ring", cx: at(from), cy: "50%", r: "5" }),
    s(
      "svg",
      { x: at(to), y: "50%", class: "tip" },
      s("path", { d: up ? "M-9-6L1 0L-9 6z" : "M9-6L-1 0L9 6z" }),
    ),
  );
}

/** A level as a bar; `now` is marked as a line, where it is known. */
export const level = (value, now = null) =>
  svg(
    s("rect", { class: "frame", width: "100%", y: "30%", height: "40%", rx: "3" }),
    s("rect", { class: "bar", width: at(value), y: "30%", height: "40%", rx: "3" }),
    now === null
      ? null
      : s("line", { class: "today", x1: at(now), x2: at(now), y1: "14%", y2: "86%" }),
  );

/** A value between the ends of its scale as a bar. */
export const score = (value, low, high) => level((MAX * (value - low)) / (high - low));

/** Counts as parts of one bar: [class, number] each. */
export function parts(counts) {
  const all = counts.reduce((sum, [, number]) => sum + number, 0) || 1;
  let before = 0;
  const drawn = counts.map(([name, number]) => {
    const part = s("rect", {
      class: name,
      x: share(before, all),
      width: share(number, all),
      height: "100%",
    });
    before += number;
    return part;
  });
  return s("svg", { "aria-hidden": "true", focusable: "false", class: "parts" }, drawn);
}

/** How much of the needs is met, as a bar. */
export const met = (value) => level(MAX * (value ?? 0));

/** A range of wages with its median on a line from 0 to `top`; what is not known is left out. */
export const range = ({ p10, median, p90 }, top) => {
  const end = p90 ?? median ?? p10;
  return svg(
    s("rect", { class: "frame", width: "100%", y: "42%", height: "16%" }),
    s("rect", {
      class: "bar",
      x: share(p10, top),
      width: share(end - p10, top),
      y: "28%",
      height: "44%",
      rx: "3",
    }),
    median === null
      ? null
      : s("line", {
          class: "median",
          x1: share(median, top),
          x2: share(median, top),
          y1: "14%",
          y2: "86%",
        }),
  );
};

/** The signs of the legend, each in a box of its own. */
export const signs = {
  now: () =>
    s(
      "svg",
      { "aria-hidden": "true", class: "sign", viewBox: "-8 -8 16 16" },
      s("circle", { class: "ring", r: "5" }),
    ),
  needed: () =>
    s(
      "svg",
      { "aria-hidden": "true", class: "sign clear", viewBox: "-8 -8 16 16" },
      s("path", { class: "tip", d: "M-5-6L6 0L-5 6z" }),
    ),
  band: () =>
    s(
      "svg",
      { "aria-hidden": "true", class: "sign wide clear", viewBox: "0 0 36 16" },
      s("rect", { class: "band", x: "1", y: "2", width: "34", height: "12", rx: "3" }),
    ),
};

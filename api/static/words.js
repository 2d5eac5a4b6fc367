// Every sentence of the page, so that it can be read aloud in one go. What is here is words only:
// no other module has a sentence. (index.html has the frame that stands before a script runs.)

const MINUS = "−";
const TIMES = "×";

// ── Figures ────────────────────────────────────────────────────────────────────────────────────

/** Two decimals, as O*NET publishes them; a dash where not published. */
export const figure = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

/** With its sign; a real minus. */
export const signed = (value) => (value < 0 ? `${MINUS}${figure(-value)}` : `+${figure(value)}`);

const whole = (value) => Math.round(value).toLocaleString("en");
const isNone = (value) => value === null || value === undefined;
const atLeast = (isAtLeast) => (isAtLeast ? "at least " : "");

/** Dollars, as "$97,550"; "at least" where it is a top code. */
export const dollars = (value, isAtLeast) =>
  isNone(value) ? "–" : `${atLeast(isAtLeast)}$${whole(value)}`;

/** A change with its sign, as "+$34,750". */
export const change = (value, isAtLeast) =>
  isNone(value) ? "–" : `${atLeast(isAtLeast)}${value < 0 ? MINUS : "+"}$${whole(Math.abs(value))}`;

export const jobs = (value) => (isNone(value) ? "–" : whole(value));
export const percent = (share) => (isNone(share) ? "–" : `${Math.round(100 * share)} %`);

const day = (moment) =>
  new Date(moment).toLocaleDateString("en", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });

/** One, or several of something. */
const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

const first = (text) => text[0].toUpperCase() + text.slice(1);

// ── The frame ──────────────────────────────────────────────────────────────────────────────────

export const SERVICE = "O*NET skill gaps";
export const title = (text) => (text ? `${text} · ${SERVICE}` : SERVICE);
export const releaseName = (release) =>
  release === "sample" ? "O*NET sample (invented ratings)" : `O*NET ${release}`;
export const publishedHere = (moment) => `, published here ${day(moment)}`;
export const SAMPLE = {
  strong: "This is the hand-made sample.",
  rest: " Its ratings are invented: look, but conclude nothing.",
};

/** Domain → what its tab says, one of its elements, several of them. */
export const DOMAINS = {
  skills: { tab: "Skills", one: "skill", many: "skills" },
  knowledge: { tab: "Knowledge", one: "area of knowledge", many: "areas of knowledge" },
  abilities: { tab: "Abilities", one: "ability", many: "abilities" },
  work_activities: { tab: "Work activities", one: "work activity", many: "work activities" },
};
export const nounOf = (domain) =>
  DOMAINS[domain] ?? { tab: domain, one: "element", many: "elements" };

export const UI = {
  domains: "What is compared",
  print: "Print",
  printPlan: "Printable plan",
  saveCsv: "Download as CSV",
  technologiesCsv: "Technologies as CSV",
  another: "Add another target",
  addLabel: "Another target occupation",
  toLabel: "To the occupation",
  full: "Four targets are the most",
  targets: "Your targets",
  remove: (name) => `Remove ${name}`,
  backToGap: "Back to the comparison",
  backToRate: "Back to your levels",
  more: (number) => `${number} more`,
  opensElsewhere: " (opens in a new tab)",
  to: " to ",
  and: " and ",
  rateAgainst: (name) => `Rate yourself against ${name}`,
  profileOf: (name) => `All about ${name}`,
  method: "How do we know?",
  beside: "Pay, preparation and where to read on",
  rate: "Rate yourself, starting from these levels",
  picture: "picture",
};

// ── Finding an occupation ──────────────────────────────────────────────────────────────────────

export const SEARCH = {
  found: (total) => `${count(total, "occupation")} found.`,
  shown: (shown, total) => `${shown} of ${total}, more…`,
  foundMore: (shown, total) => `${count(total, "occupation")} found, ${shown} shown.`,
  none: (text, unless) => `No occupation is called “${text}”${unless}.`,
  near: (text) => `No occupation is called “${text}”. Did you mean one of these?`,
  unless: (kinds) => ` among the titles that are loaded here: ${kinds.join(" and ")} ones are not`,
  notRated: " · not rated",
  choose: (text, total) =>
    `“${text}” fits ${count(total, "occupation")}: choose one of them from the list.`,
  unknown: (text) => `“${text}” fits no occupation. Try another word for the work.`,
};

// ── The start ──────────────────────────────────────────────────────────────────────────────────

export const START = {
  title: "What would you have to learn?",
  lead:
    "Choose the occupation you come from and the one you want to go to. " +
    "You see which skills need a higher level there, which you already have, " +
    "what the new work pays, and where else you could go.",
  examplesTitle: "Try one of these",
  examples: [
    ["29-1141.00", "Registered Nurses", "29-1171.00", "Nurse Practitioners"],
    ["11-1011.00", "Chief Executives", "11-3013.00", "Facilities Managers"],
    ["51-4121.00", "Welders", "49-9071.00", "Maintenance and Repair Workers"],
  ],
  waysTitle: "Other ways to begin",
  ways: [
    ["?from=29-1141.00", "Look at one occupation", "Tasks, skills, pay, and where it leads."],
    ["?view=rate", "Rate yourself", "Set your own levels and see what fits you."],
    [
      "?from=29-1141.00&to=29-1171.00&to=29-1071.00&to=11-9111.00",
      "Put up to four targets side by side",
      "One starting point, several ways on.",
    ],
  ],
};

// ── The gap ────────────────────────────────────────────────────────────────────────────────────

/** The sentence that says it all: [what stands out, the rest]. */
export function sentence({ from, to, domain, counts }) {
  const { one, many } = nounOf(domain);
  const { elements, clearly_higher: clear, too_close_to_tell: close, met } = counts;
  const unknown = counts.higher_without_error;
  if (!elements)
    return ["", `O*NET has no level of the same ${one} for both, so there is nothing to compare.`];
  if (from && from.code === to.code)
    return [
      "",
      `An occupation compared with itself has no gap. These are its own ${elements} ${many}.`,
    ];
  if (met === elements) return ["No gap.", ` None of ${elements} ${many} needs a higher level.`];
  const said = clear
    ? [
        `${clear} of ${elements} ${many}`,
        ` ${clear === 1 ? "needs" : "need"} a clearly higher level.`,
      ]
    : [`None of ${elements} ${many}`, " needs a clearly higher level."];
  const looks = (number) =>
    `${number}${clear ? " more" : ""} ${number === 1 ? "looks" : "look"} higher, but`;
  if (close) said.push(` ${looks(close)} the difference is within survey error.`);
  if (unknown) said.push(` ${looks(unknown)} O*NET publishes no survey error to judge by.`);
  if (met) said.push(` You already meet ${met}.`);
  return [said[0], said.slice(1).join("")];
}

export const GROUPS = {
  clearly_higher: { title: "To learn", mark: "clear", short: "to learn" },
  too_close_to_tell: {
    title: "Looks higher, within survey error",
    mark: "close",
    short: "within survey error",
  },
  higher_without_error: {
    title: "Looks higher, survey error not published",
    mark: "close",
    short: "no survey error published",
  },
  met: { title: "You already meet", mark: "met", short: "already met" },
};

/** What the rows are narrowed to: [name of the count, what the button says, one sentence]. */
export const FILTERS = [
  ["elements", "Everything", "Every row, whether the new occupation asks for more or not."],
  ["higher", "Any higher level", "The new occupation asks for a higher level, by however little."],
  [
    "missing",
    "Not used today",
    "The occupation today does not use it at all (level 0). The new one does.",
  ],
  [
    "newly_relevant",
    "New to the work",
    "O*NET marks it as not relevant today, and as relevant in the new occupation.",
  ],
];
export const FILTER = {
  show: "Show",
  importance: "Importance",
  importances: [
    ["", "Any"],
    ["3", "Important or more"],
    ["4", "Very important or more"],
  ],
  none: "No row is left: choose another filter.",
  left: (shown, all) => `${shown} of ${all} rows shown.`,
};

const IMPORTANCE = [
  "",
  "Not important",
  "Somewhat important",
  "Important",
  "Very important",
  "Extremely important",
];
export const importanceWord = (value) => (isNone(value) ? "" : IMPORTANCE[Math.floor(value + 0.5)]);

export const COLUMNS = {
  now: "today",
  needed: "needed",
  gap: "difference",
  name: (domain) => first(nounOf(domain).one),
  caption: (group) => `${group}: level today and level needed, 0 to 7`,
};
export const TAGS = { missing: "not used today", new: "new to the work" };
export const LEGEND = {
  now: "today",
  needed: "needed",
  band: "survey error",
  hint: "Choose a name to see what its levels mean.",
};

export const ROW = {
  what: "What it is",
  now: "Today",
  needed: "Needed",
  gap: "Difference",
  none: "Level 0: not needed at all.",
  level: (level, anchorLevel, anchor) =>
    anchor
      ? `Level ${figure(level)} of 7. Level ${anchorLevel} is, for example: “${anchor}”.`
      : `Level ${figure(level)} of 7.`,
  importance: (value) =>
    isNone(value) ? "" : ` ${importanceWord(value)} (${figure(value)} of 5).`,
  /** `margin` is null where O*NET publishes none, undefined where nobody asked for it. */
  difference: (gap, margin) => {
    if (margin === undefined) return `${signed(gap)}.`;
    return margin === null
      ? `${signed(gap)}. O*NET publishes no survey error for it.`
      : `${signed(gap)}, give or take ${figure(margin)}.`;
  },
  imprecise: " O*NET advises against relying on one of the two levels.",
  supplemented: " A rating is from O*NET Web Services, not in the release.",
};

export const METHOD = [
  "For each occupation, O*NET asks a few trained raters or workers which level the work needs, " +
    "from 0 to 7. Each figure here is the mean of their answers.",
  "Raters differ, so two means differ a little even where the work asks the same. We call a " +
    "level clearly higher only where the difference is larger than its 95 % margin: the shaded " +
    `part of the picture. (The margin is Welch’s t ${TIMES} the standard error of the ` +
    `difference; ` +
    "no standard error counts as less than 1/N, N being the number of raters.)",
  "This is judged one row at a time. Of 35 rows without any true difference, about one would " +
    "still pass.",
];

// ── Technologies ───────────────────────────────────────────────────────────────────────────────

export const TECHNOLOGY = {
  title: (number) => `Technologies to learn (${number})`,
  all: (number) => `Technologies (${number})`,
  note: (from, to) =>
    `O*NET lists these for ${to} and not for ${from}. What employers ask for most comes first.`,
  none: (from, to) => `O*NET lists no technology for ${to} that it does not list for ${from}.`,
  inDemand: "in demand",
  hot: "hot",
  inDemandTip: "Employers often ask for it in postings for this occupation.",
  hotTip: "Employers often ask for it in postings of all kinds.",
  other: "Other",
};

// ── Where one can go ───────────────────────────────────────────────────────────────────────────

const STEPS = [
  "the same preparation",
  "one step more preparation",
  "two steps more preparation",
  "three steps more preparation",
  "four steps more preparation",
];
const step = (value) =>
  isNone(value) ? "" : value < 0 ? STEPS[-value].replace("more", "less") : STEPS[value];

const vintages = (labor) => [labor.wage_vintage, labor.outlook_vintage].filter(Boolean).join("; ");
const changeOf = (each) =>
  change(each.median_annual_wage_change, each.is_median_annual_wage_change_at_least);

export const WAYS = {
  title: (name) => `Where you can go from ${name}`,
  yours: "Occupations that fit your levels",
  note: (domains) =>
    `Occupations where the same ${domains.map((each) => nounOf(each).many).join(" and ")} ` +
    "matter most. Similar work is not always an easy step, so each row says what it takes.",
  sort: "Sort by",
  sorts: [
    ["alike", "Most similar"],
    ["met", "Needs already met"],
    ["zone", "Least preparation"],
    ["name", "Name"],
  ],
  payFirst: ["pay", "Highest pay"],
  likely: ["likely", "Where people go"],
  likelyNote:
    "Of 100 people who changed their work, 27 went to one of ten occupations named like this; " +
    "2 would by chance. People do so; it need not suit you. (U.S., 2011 to 2019)",
  /** How good the lists are; figures of docs/transitions.md. */
  method: (hasLikely) => [
    "We held these lists against real life: 25,559 people in the United States who changed " +
      "their work from 2011 to 2019.",
    hasLikely
      ? "Of 100 of them, 27 went to one of the ten occupations under “Where people go”, and 17 " +
        "to one of the ten under “Most similar”. By chance it would have been 2."
      : "Of 100 of them, 17 went to one of the ten occupations named here. By chance it would " +
        "have been 2.",
    "This is what people did, not what suits you. Some of them had no choice.",
  ],
  zone: "Preparation",
  zones: [
    ["", "Any"],
    ["0", "No more than now"],
    ["-1", "Less than now"],
    ["1", "At most one step more"],
  ],
  narrowed: "No occupation fits this filter.",
  /** Why, in a sentence. */
  why(each) {
    const parts = [];
    if (!isNone(each.share_of_needs_met))
      parts.push(`You already meet ${percent(each.share_of_needs_met)} of what it needs`);
    // of a person's own levels nobody knows how sure they are
    const isOwn = each.significant_gap_count === undefined;
    const number = isOwn ? each.higher_element_count : each.significant_gap_count;
    const higher = isOwn ? "higher" : "clearly higher";
    parts.push(`${number ? count(number, "level is", "levels are") : "no level is"} ${higher}`);
    if (each.missing_technology_count)
      parts.push(`${count(each.missing_technology_count, "technology", "technologies")} to learn`);
    if (!isNone(each.job_zone_step)) parts.push(step(each.job_zone_step));
    return `${first(parts.join(", "))}.`;
  },
  pay: (each) =>
    isNone(each.median_annual_wage_change)
      ? ""
      : ` Median pay: ${changeOf(each)} a year${wider(each.to_wage_match_kind)}.`,
  openings: (each) =>
    isNone(each.to_annual_openings)
      ? ""
      : ` ${jobs(each.to_annual_openings)} openings a year${wider(each.to_outlook_match_kind)}.`,
  source: (labor) => `Pay and openings: ${labor.source} (${vintages(labor)}).`,
};
/** Figures of a wider occupation or group are said to be. */
const wider = (kind) =>
  !kind || kind === "direct" || kind === "hourly_only" ? "" : " (of a wider group)";

// ── One occupation ─────────────────────────────────────────────────────────────────────────────

const ZONES = [
  "",
  "little or no preparation",
  "some preparation",
  "medium preparation",
  "considerable preparation",
  "extensive preparation",
];
export const jobZone = (zone) => (zone ? `Job zone ${zone} of 5: ${ZONES[zone]}` : "");
export const education = (typical) =>
  typical?.description
    ? `${typical.description} (${Math.round(typical.percent)} % of answers)`
    : "";

export const PROFILE = {
  kicker: (release) => `Occupation · ${releaseName(release)}`,
  spoken: (name) => `${name}: all that is known here.`,
  code: "Code",
  called: "Also called",
  preparation: "Preparation",
  education: "Typical education",
  tasks: "What one does",
  levels: (many) => `Most important ${many}`,
  levelNote: "Levels from 0 to 7.",
  name: "Name",
  level: "level",
  importance: "importance",
  score: (each) => `${each.value} on a scale of ${each.scale_minimum} to ${each.scale_maximum}`,
  takes: (name) => `What ${name} takes`,
  characteristics: {
    interests: "Interests",
    work_values: "Work values",
    work_styles: "Work styles",
  },
  suits: {
    interests: "What those who like the work enjoy, strongest first.",
    work_values: "What the work offers, strongest first.",
    work_styles: "How one has to be at work, most important first.",
  },
  related: "Related occupations",
  relatedNote: "In O*NET’s own order: closest first.",
  unrated: (name, what) =>
    `O*NET has not rated the ${what} of ${name} yet. What it does publish is below.`,
  neighbours: "Rated occupations close to it",
};

/** What this service was set up without, of what somebody would look for here. */
export const notLoaded = (subjects) => {
  const names = subjects.map((each) => nounOf(each).many.replace("elements", each));
  const listed = names.join(", ").replaceAll("_", " ");
  return `Not loaded in this service, though O*NET may publish it: ${listed}.`;
};

export const UNRATED = {
  title: "No ratings to compare",
  one: (name, what) =>
    `O*NET has not rated the ${what} of ${name} yet, so the levels of the two cannot be ` +
    "compared. Here is what is known.",
  instead: (name) => `Rated occupations close to ${name}:`,
  spoken: (name) => `${name} has no ratings. What is known follows.`,
  known: (name) => `What is known of ${name}`,
};

export const ELSEWHERE = {
  title: "Look further",
  note: "Training, licences and local pay, by the U.S. Department of Labor:",
  online: (name) => `${name} at O*NET OnLine`,
  myNextMove: (name) => `${name} at My Next Move`,
};

// ── Pay and outlook ────────────────────────────────────────────────────────────────────────────

export const LABOR = {
  title: "Pay and outlook",
  range: (low, high) => `${low} to ${high}`,
  median: (text) => `Median ${text}`,
  hour: (value) => `$${value.toFixed(2)} an hour`,
  key: "Bar: what the middle 80 % earn a year. Line: the median.",
  changed: " in median pay a year.",
  sharedGroup: "Both are in one group of BLS, which publishes one figure for them.",
  unknownChange: "The change in median pay is not known.",
  noOutlook: (name) => `BLS projects nothing for ${name}.`,
  openings: (value) => `${jobs(value)} openings a year`,
  grows: (value) => (value < 0 ? `shrink by ${Math.abs(value)} %` : `grow by ${value} %`),
  outlook: (value, from, to) => `. Jobs ${LABOR.grows(value)}, from ${jobs(from)} to ${jobs(to)}`,
  matched: (match) => ` (figures ${match})`,
  entry: (text) => `. Typical entry: ${text}`,
  handbook: "Occupational Outlook Handbook",
  programs: (name, number) => `Programs of study that lead to ${name} (${number})`,
  attribution({ wage, outlook, programs_of_study: programs }) {
    const said = [];
    if (wage) said.push(`pay: ${wage.vintage}, national, without the self-employed`);
    if (outlook) said.push(`outlook: ${outlook.vintage}`);
    const bls = said.length ? `Source: U.S. Bureau of Labor Statistics (${said.join("; ")}). ` : "";
    return (
      bls +
      (programs.length
        ? "Programs: CIP 2020 by O*NET-SOC 2019, O*NET Resource Center (USDOL/ETA), CC BY 4.0."
        : "")
    );
  },
};

// ── Side by side ───────────────────────────────────────────────────────────────────────────────

export const SIDE = {
  kicker: (tab, release) => `${tab} side by side · ${releaseName(release)}`,
  title: (name) => `From ${name}`,
  lead: (number) =>
    `${count(number, "target")}, the same starting point. The fewest levels to learn come first.`,
  spoken: (name, number) => `${name} and ${count(number, "target")} side by side.`,
  pay: "Median pay",
  education: "Typical education",
  preparation: "Preparation",
  openings: "Openings a year",
  today: "today",
  table: (tab) => `${tab}, level by level`,
  caption: (from, tab) => `${tab}: the level of ${from} today, and that of each target`,
  key:
    "Line: level today. Bar: level needed. Orange with a plus: clearly higher. " +
    "Grey: within survey error. Green: already met.",
  gapWord: {
    clearly_higher: "clearly higher",
    too_close_to_tell: "within survey error",
    higher_without_error: "no survey error published",
    met: "met",
  },
};

// ── Rate yourself ──────────────────────────────────────────────────────────────────────────────

export const RATE = {
  title: "Rate yourself",
  lead:
    "Set the levels that you have. Leave out what you do not know. " +
    "Examples beside each slider say what a level means.",
  private:
    "Your levels stand in the address of this page, after the #. They are sent to be compared " +
    "and are kept nowhere. Bookmark the address or save a file.",
  startLabel: (name) => `Start from the levels of ${name}`,
  clear: "Clear all",
  save: "Save as a file",
  open: "Open a file",
  file: "my-levels.json",
  badFile: "This is not a file of levels that was saved here. Nothing was changed.",
  opened: (number) => `${count(number, "level")} taken from the file.`,
  unset: "Not rated",
  zero: "Not at all",
  reset: "Leave out",
  sliders: (tab) => `Your ${tab.toLowerCase()}`,
  rated: (number, all) => `${number} of ${all} rated`,
  important: (name) => `The most important for ${name} come first.`,
  between: (low, high) =>
    `Between level ${low.level}, “${low.anchor}”, and level ${high.level}, “${high.anchor}”`,
  near: ({ level, anchor }) => `Like level ${level}: “${anchor}”`,
  example: ({ level, anchor }) => `Level ${level} would be: “${anchor}”`,
  below: ({ level, anchor }) => `Below level ${level}: “${anchor}”`,
  above: ({ level, anchor }) => `Above level ${level}: “${anchor}”`,
  atZero: "You do not need or use it",
  value: (level) => `Level ${level}`,
  result: (name) => `Your way to ${name}`,
  resultLabel: "Your result",
  nearest: "Occupations that fit you",
  tooFew: (number) =>
    number
      ? `Rate ${number} more, skills or knowledge, to see the occupations that fit your levels.`
      : "Your levels are all the same. Set some higher, some lower, to see what fits you.",
  chooseTarget: "Choose a target occupation above to see what it asks for beyond your levels.",
  setSome: "Set a first slider to see your result.",
  notRated: (name, what) =>
    `O*NET has not rated the ${what} of ${name}, so there is nothing to compare with.`,
  unstated: (number) => ` You left out ${number}.`,
};

/** The sentence for a person's own levels, in the manner of `sentence`. */
export function ownSentence(domain, { compared, unstated }, { higher, significant }) {
  if (!compared) return ["", `You have rated none of its ${nounOf(domain).many} yet.`];
  const counts = {
    elements: compared,
    clearly_higher: significant,
    too_close_to_tell: higher - significant,
    higher_without_error: 0,
    met: compared - higher,
  };
  const [strong, rest] = sentence({ domain, counts });
  return [strong, rest + (unstated ? RATE.unstated(unstated) : "")];
}

// ── The plan ───────────────────────────────────────────────────────────────────────────────────

export const PLAN = {
  kicker: "Learning plan",
  title: (from, to) => `From ${from} to ${to}`,
  own: (to) => `Your way to ${to}`,
  name: "Name",
  date: "Date",
  counsellor: "Counsellor",
  toLearn: (tab, number) => `To learn: ${tab.toLowerCase()} (${number})`,
  nothing: (many) => `No level of its ${many} is clearly higher.`,
  level: (from, to) => `from level ${figure(from)} to ${figure(to)}`,
  reach: (level) => `Level ${level} is, for example: `,
  met: (number, many) => `You already meet ${number} of its ${many}.`,
  unrated: (number, many) => `You left out ${number} of its ${many}.`,
  technologies: "Technologies to learn",
  allTechnologies: "Technologies of the work",
  restTechnologies: (number) => `and ${number} more, listed on the page`,
  education: "Education and preparation",
  labor: "Pay and outlook",
  further: "Look further",
  notes: "Next steps",
};

// ── What cannot be answered ────────────────────────────────────────────────────────────────────

export const PROBLEM = {
  details: "Details",
  request: (id) => `Request ${id}`,
  retry: "Try again",
  near: "Close to it:",
  which: "Which of these?",
  asked: (name, isTarget) => `You asked for the way ${isTarget ? "to" : "from"} ${name}.`,
  keyLabel: "Key of this service, kept until this tab is closed",
  keySend: "Go on",
  other: (tab) => `See ${tab.toLowerCase()} instead`,
};

const quoted = (value) => `“${value.length > 80 ? `${value.slice(0, 80)}…` : value}”`;

/** What the API refused, for a person: a heading and a sentence. `value` is what was asked for. */
export function problemWords({ type, status, refusedKey }, value, domain) {
  const known = {
    "occupation-not-found": [
      "No such occupation",
      `O*NET lists no occupation ${quoted(value)}. It may have another code or title now.`,
    ],
    "occupation-not-rated": [
      "Not rated yet",
      `O*NET lists ${quoted(value)} but has not rated its ${nounOf(domain).many}.`,
    ],
    "occupation-ambiguous": [
      "Several occupations fit",
      `${quoted(value)} can mean more than one occupation.`,
    ],
    "code-not-found": ["No such code", `No occupation belongs to ${quoted(value)}.`],
    "not-loaded": [
      "Not loaded here",
      `This service was set up without the ${nounOf(domain).many}.`,
    ],
    "technologies-not-listed": [
      "No technologies listed",
      `O*NET lists no technology for ${quoted(value)}.`,
    ],
    "invalid-parameter": [
      "That does not name an occupation",
      `${quoted(value)} is neither a title nor a code, such as 11-1011.00. ` +
        "Choose the occupations above.",
    ],
    "no-publication": [
      "Nothing to show yet",
      "This service has no O*NET data yet. Whoever runs it has to load some. Try again later.",
    ],
    "key-required": [
      "This service asks for a key",
      refusedKey
        ? "This key is not one of the service’s."
        : "Enter the key that whoever runs the service gave you.",
    ],
    "database-unavailable": [
      "Out of reach for a moment",
      "The data cannot be read just now. Nothing is lost: try again shortly.",
    ],
    gone: [
      "The service does not answer",
      "It may be restarting, or the connection is gone. Nothing is lost: try again in a moment.",
    ],
    unexpected: [
      "This cannot be shown",
      "The page did not foresee this. Choose the occupations again above, or try again.",
    ],
    domain: [
      "No such comparison",
      `There is no comparison called ${quoted(domain)}. Skills can be compared.`,
    ],
  };
  return (
    known[(type ?? "").replace("/problems/", "")] ?? [
      "This cannot be answered",
      status >= 500
        ? "Something went wrong in the service. Try again in a moment."
        : "Choose the occupations again above.",
    ]
  );
}

// What if? The view draws what the kernel tells and asks about it. Numbers and sentences come from Python, so that they
// are the same in a script, a report and here; nothing is worked out here but where things stand on the screen.

const CALM = 400; // milliseconds without a move after which slower questions are asked
const PATIENCE = 20_000; // milliseconds without an answer after which the kernel is said to be gone
const SPARE = 8; // rows drawn above and below those in sight
const MOVES = ["set", "lock", "forbid", "leave out", "release", "undo", "keep", "reset", "names"];
const EVIDENCE = ["curve", "prices", "repeat"];

// --- the hand: making parts of a page

/** An element, such as `p.means` or `svg:g` of a drawing, with attributes, listeners (`onclick`) and children. */
function make(name, attributes = {}, ...children) {
  const [, drawn, own, look] = /^(svg:)?(\w+)\.?(.*)$/.exec(name);
  const part = document.createElementNS(`http://www.w3.org/${drawn ? "2000/svg" : "1999/xhtml"}`, own);
  dress(part, { class: look || null, ...attributes });
  part.append(...children.flat().filter((child) => (child ?? false) !== false));
  return part;
}

/** Attributes: none where missing or false, but states (`aria-`) as words. */
function dress(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const told = typeof value === "boolean" && name.startsWith("aria-") ? String(value) : value;
    if (name.startsWith("on")) part.addEventListener(name.slice(2), value);
    else if ((told ?? false) === false) part.removeAttribute(name);
    else part.setAttribute(name, told === true ? "" : told);
  }
}

/** A button that stays where it is, and keeps the keyboard, when it has nothing to do. */
function button(text, attributes, act) {
  const part = make("button", { type: "button", ...attributes }, text);
  part.addEventListener("click", () => part.getAttribute("aria-disabled") !== "true" && act());
  return part;
}

function table(heads, rows) {
  const cell = (value, k) => (k ? make("td", {}, value) : make("th", { scope: "row" }, value));
  const head = make("tr", {}, heads.map((text) => make("th", { scope: "col" }, text)));
  const lines = rows.map((row) => make("tr", {}, row.map(cell)));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, lines));
}

/** A part under a heading that names it. */
function headed(view, look, text, ...children) {
  const id = view.id();
  return make(`section.${look}`, { "aria-labelledby": id }, make("h3", { id }, text), ...children);
}

/** Draw a part anew without losing where the keyboard is: the same control if it is still there, else `otherwise`. */
function keepingFocus(part, draw, otherwise) {
  const focused = () => part.getRootNode().activeElement;
  const held = part.contains(focused()) ? focused() : null;
  const marks = Object.entries({ ...held?.dataset }).map(([key, value]) => `[data-${key}="${CSS.escape(value)}"]`);
  draw();
  if (!held || part.contains(focused())) return;
  ((marks.length && part.querySelector(marks.join(""))) || otherwise())?.focus({ preventScroll: true });
}

const fixed = (number) => (typeof number === "number" ? number.toFixed(2) : "–");
/** A price; one that is not nothing never reads as nothing. */
const priced = (price) => (price > 0 && price < 0.005 ? "under 0.01" : fixed(price));
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** A difference with its sign. */
function signed(now, before, digits) {
  if (typeof now !== "number" || typeof before !== "number") return "";
  const change = (now - before).toFixed(digits);
  return Number(change) === 0 ? "±0" : now > before ? `+${change}` : change.replace("-", "−");
}

// --- the conversation: one question in flight, the newest of its kind waiting

/**
 * Ask the kernel and hear its answers.
 *
 * No move is lost: those of dials are put together while they wait. A question about a state is about the one that
 * stands when it is sent. Slower questions are asked when nothing else is wanted, and dropped when the state moves.
 */
function converse(model, { number, heard, pushed, changed, silent, failed }) {
  let id = Math.floor(Math.random() * 2 ** 30) * 2 ** 20; // views of one model hear each other: no id is another's
  let flying = null, waiting = [], slower = [], calm = null, patience = null;

  const moves = ({ ask: name }) => MOVES.includes(name);
  function send({ about, then, ...asked }, slow) {
    flying = { id: ++id, then, slow };
    patience = setTimeout(silent, PATIENCE);
    model.send({ ...asked, id, ...(about && { of: number() }) });
  }
  function proceed() {
    clearTimeout(calm);
    if (!flying && waiting.length) send(waiting.shift(), false);
    else if (!flying && slower.length) calm = setTimeout(() => send(slower.shift(), true), CALM);
    changed();
  }
  function ask(question) {
    const last = waiting.at(-1);
    if (question.ask === "set" && last?.ask === "set") {
      waiting[waiting.length - 1] = { ...question, changes: { ...last.changes, ...question.changes } };
    } else {
      waiting = waiting.filter((other) => moves(other) || other.ask !== question.ask).concat(question);
    }
    proceed();
  }
  function hear(told) {
    if (told.id !== flying?.id) return void (told.state && pushed(told));
    const { then } = flying;
    flying = null;
    clearTimeout(patience);
    try {
      if (!told.over) heard(told, then);
    } catch (error) {
      failed(error); // Jupyter would swallow it, and the view wait for ever
    }
    proceed();
  }
  function end() {
    clearTimeout(patience);
    clearTimeout(calm);
    flying = null;
    waiting = slower = [];
  }
  return {
    ask, hear, end,
    later(...questions) {
      slower = slower.concat(questions.map((question) => ({ ...question, about: true })));
      proceed();
    },
    forget: () => { slower = []; },
    moving: () => waiting.some(moves),
    busy: () => waiting.length > 0 || (flying !== null && !flying.slow),
    idle: () => !slower.length && !flying?.slow,
  };
}

// --- sentences under controls

const beside = (name) => make("p.beside", { "data-beside": name, hidden: true });

/** Put sentences under their controls, or at the top, and take away others. */
function tellBeside(root, told, wrong = false) {
  for (const part of root.querySelectorAll("[data-beside]")) part.hidden = true;
  for (const part of root.querySelectorAll("[aria-invalid]")) part.removeAttribute("aria-invalid");
  for (const [name, sentences] of Object.entries(told)) {
    const at = (mark, key) => root.querySelector(`[data-${mark}="${CSS.escape(key)}"]`);
    const part = at("beside", name) ?? at("beside", "state");
    part.textContent = [sentences].flat().join("\n");
    dress(part, { hidden: !part.textContent, class: wrong ? "beside wrong" : "beside" });
    if (wrong) at("dial", name)?.setAttribute("aria-invalid", "true");
  }
}

// --- dials

/** What a control is called, what it means in a line, and the place of its sentences. */
function around(view, name, control, label, meaning) {
  const id = view.id(), told = beside(name);
  const means = meaning && make("span.means", { id: view.id() }, meaning);
  told.id = view.id();
  dress(control, { id, "data-dial": name, "aria-describedby": `${means?.id ?? ""} ${told.id}` });
  return { told, means, head: make("label", { for: id }, label) };
}

function tick(view, name, label, meaning, changes) {
  const control = make("input", { type: "checkbox", onchange: () => view.turn(name, changes(control.checked)) });
  const { head, means, told } = around(view, name, control, label, meaning);
  return { control, part: make("div.tick", {}, control, make("div", {}, head, means, told)) };
}

/** A slider that asks at every step; `say` gives the words for where it stands. */
function slider(view, name, label, meaning, range, changes, say = fixed) {
  const { least: min, most: max, step } = range, reads = make("output");
  const control = make("input", { type: "range", min, max, step, onpointerdown: view.rest, onblur: view.rest });
  function read() {
    reads.textContent = say(Number(control.value));
    control.setAttribute("aria-valuetext", reads.textContent);
  }
  control.addEventListener("input", () => {
    read();
    view.turn(name, changes(Number(control.value)), true);
  });
  const { head, means, told } = around(view, name, control, label, meaning);
  return {
    control,
    at: () => Number(control.value),
    place: (value) => { control.value = value; read(); },
    part: make("div", { class: meaning ? "slide" : "slide flat" }, head, control, reads, means, told),
  };
}

function group(legend, meaning, ...parts) {
  return make("fieldset", {}, make("legend", {}, legend), meaning && make("p.means", {}, meaning), ...parts);
}

/** A group of dials that does nothing, and says why. */
function asleep(part) {
  part.disabled = true;
  note(part, "Nothing was asked about this, so it keeps nobody apart.");
}

const note = (part, why) => part.append(make("p.means", {}, why));

function foundationDial(view) {
  const words = {
    mutual: ["Both trust each other", "Each named the other: trust, respect and candour."],
    introduced: ["Somebody can introduce them", "A colleague whom both trust."],
    unknown: ["Not known", "Nobody was asked about the two, or nobody said."],
  };
  const ticks = {}, chosen = () => ({ accept: Object.keys(ticks).filter((kind) => ticks[kind].control.checked) });
  for (const kind in words) ticks[kind] = tick(view, `accept-${kind}`, ...words[kind], chosen);
  const part = group("On what a pair may rest", null, Object.values(ticks).map((one) => one.part));
  if (!view.known.dials.accept.asked) note(part, "Nothing is known of any trust, so only “Not known” lets anybody meet.");
  function show({ accept }) {
    for (const kind in ticks) ticks[kind].control.checked = accept.includes(kind);
  }
  return { part, show };
}

/** No limit, the average, or a distance of one's own. */
function gateDial(view, name, legend, meaning) {
  const range = view.known.dials[name], radios = {}, together = view.id();
  const reach = slider(view, name, "At most", "", range, (value) => {
    radios.own.checked = true;
    return { [name]: value };
  });
  function way(key, label, value) {
    const turn = () => view.turn(name, { [name]: value() });
    radios[key] = make("input", { type: "radio", name: together, "data-way": `${name}-${key}`, onchange: turn });
    return make("label", {}, radios[key], label);
  }
  const ways = make("div.ways", {}, way("off", "no limit", () => null), way("average", "average", () => "average"),
    way("own", "my own", reach.at));
  const part = group(legend, meaning, ways, reach.part);
  if (!range.asked) asleep(part);
  else if (range.opened) note(part, "Average is no limit here: the answers are too unsteady.");
  function show({ [name]: now }) {
    radios[now === null ? "off" : now === "average" ? "average" : "own"].checked = true;
    reach.place(now === null ? 1 : now === "average" ? range.average ?? 1 : now);
  }
  return { part, show };
}

function bandDial(view) {
  const range = view.known.dials.band;
  /** Both ends, the one that was not moved pushed along; the whole range is no band. */
  function changes(moved, other, beyond) {
    if (beyond(moved.at(), other.at())) other.place(moved.at());
    return { band: least.at() <= 0 && most.at() >= 1 ? null : [least.at(), most.at()] };
  }
  const least = slider(view, "band-least", "At least", "", range, () => changes(least, most, (a, b) => a > b));
  const most = slider(view, "band-most", "At most", "", range, () => changes(most, least, (a, b) => a < b));
  const part = group("Difference in perspective", "How differently two see things; 0 is alike.", least.part, most.part);
  return { part, show: ({ band }) => { least.place(band?.[0] ?? 0); most.place(band?.[1] ?? 1); } };
}

function countDial(view) {
  const { mix: mixed, floor: lowest } = view.known.dials;
  const mix = slider(view, "mix", "A pair counts", "Between the mean of its two gains and the lesser of them.",
    mixed, (share) => ({ value: share === 0 ? "mean" : share === 1 ? "lesser" : share }),
    (share) => (share === 0 ? "the mean" : share === 1 ? "the lesser" : `${Math.round(100 * share)} % lesser`));
  const floor = slider(view, "floor", "At least for each", "What each of a pair must gain in new perspectives.", lowest,
    (least) => ({ floor: least || null }), (least) => (least ? String(least) : "no floor"));
  const fair = tick(view, "objective", "Fair", "The most for the worst-off first, not for all together.",
    (on) => ({ objective: on ? "fair" : "total" }));
  const many = tick(view, "cardinality", "As many pairs as possible", "Even those that bring nothing new.",
    (on) => ({ cardinality: on ? "max" : null }));
  function show({ value, floor: least, objective, cardinality }) {
    mix.place(value === "mean" ? 0 : value === "lesser" ? 1 : value);
    floor.control.max = Math.max(floor.control.max, least ?? 0);
    floor.place(least ?? 0);
    fair.control.checked = objective === "fair";
    many.control.checked = cardinality === "max";
  }
  return { part: group("What counts", null, mix.part, floor.part, fair.part, many.part), show };
}

function ruleLine(view, { row, told }) {
  const attributes = { "data-do": "release", "data-row": row, "aria-label": `Take back: ${told}` };
  return make("li", {}, make("span", {}, told), button("Take back", attributes, () => view.move("release", { row })));
}

function dialsPart(view) {
  const dials = [
    foundationDial(view),
    gateDial(view, "experience", "Similar experience", "How far apart two may be in what they have done so far."),
    gateDial(view, "goals", "Similar goals", "How far apart two may be in what they want next."),
    bandDial(view),
    countDial(view),
  ];
  const rules = make("ul.rules"), none = make("p.means", {}, "None. Click on a person for one.");
  const title = make("legend", { tabindex: -1 }, "Rules on people");
  const held = make("fieldset", {}, title, none, rules, beside("release"));
  function draw(state) {
    const lines = state.rules.map((rule) => ruleLine(view, rule));
    keepingFocus(rules, () => rules.replaceChildren(...lines), () => rules.querySelector("button") ?? title);
    none.hidden = lines.length > 0;
  }
  const part = headed(view, "dials", "Settings", dials.map((dial) => dial.part), held);
  return { part, draw, show: (settings) => dials.forEach((dial) => dial.show(settings)) };
}

// --- figures: what the state comes to, held against what is kept

function figuresPart(view) {
  const labels = {
    paired: "have a partner", total: "new perspectives in all", worst: "for the worst-off of them", made: "new pairs",
  };
  const does = { undo: ["Undo"], keep: ["Keep", "Hold further moves against this pairing"], reset: ["Reset"] };
  const figures = {}, buttons = {}, list = make("dl");
  for (const [key, label] of Object.entries(labels)) {
    const [number, change] = figures[key] = [make("b"), make("span.change")];
    list.append(make("div", {}, make("dt", {}, label), make("dd", {}, number, " ", change)));
  }
  for (const [ask, [label, title]] of Object.entries(does)) {
    buttons[ask] = button(label, { "data-do": ask, title }, () => view.move(ask));
  }
  const [certificate, difference] = ["certificate", "difference"].map((name) => make("p", { "data-told": name }));
  const doing = make("div.doing", { role: "group", "aria-label": "This pairing" }, Object.values(buttons));
  const told = make("div.told", {}, certificate, difference, ["state", ...Object.keys(does)].map(beside));
  function put(key, number, change) {
    const kind = { "+": "more", "−": "less" }[change[0]];
    figures[key][0].textContent = number;
    figures[key][1].textContent = change;
    dress(figures[key][1], { class: `change ${kind ?? ""}` });
  }
  function draw({ now, kept, changed: { made, lost }, certificate: proof, difference: sentences, can }) {
    put("paired", `${now.paired} of ${now.able}`, signed(now.paired, kept.paired, 0));
    put("total", fixed(now.total), signed(now.total, kept.total, 2));
    put("worst", fixed(now.worst_off), signed(now.worst_off, kept.worst_off, 2));
    put("made", made, lost ? `for ${lost} given up` : "");
    certificate.textContent = proof;
    dress(certificate, { class: now.proven && "proven" });
    difference.textContent = sentences.join(" ");
    for (const ask in can) buttons[ask].setAttribute("aria-disabled", !can[ask]);
    dress(buttons.keep, { class: can.keep && "chief" });
  }
  return { part: make("header.figures", {}, list, doing, told), draw };
}

// --- marks: the shape and colour of a group, the strokes of a pair

const SHAPES = [ // around 0, 0, about one unit to each side
  "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z", "M-.88-.88H.88V.88H-.88Z", "M0-1.15L1.1.85H-1.1Z", "M0-1.2L1.2 0 0 1.2-1.2 0Z",
  "M0 1.15L-1.1-.85H1.1Z", "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  "M-1-.55L-.55-1 0-.45.55-1 1-.55.45 0 1 .55.55 1 0 .45-.55 1-1 .55-.45 0Z",
];

/** The look of a group, by its place among the groups as in the other pictures; people in none are grey and round. */
function shape({ known }, group, size) {
  const at = known.ranks.indexOf(group), colour = known.colours[at % known.colours.length];
  return make("svg:path.mark", {
    d: SHAPES[Math.max(0, at) % SHAPES.length], transform: `scale(${at < 0 ? 0.8 * size : size})`,
    style: at >= 0 && `--own: ${colour}`,
  });
}

function mark(view, group, alone = false) {
  const frame = { viewBox: "-8 -8 16 16", width: "1.1em", height: "1.1em", "aria-hidden": true };
  return make("svg:svg", { class: alone && "alone", ...frame }, shape(view, group, 6));
}

/** The strokes of a pair: each state has its own, whatever the colour. */
function strokes(kind, [x1, y1], [x2, y2]) {
  const line = (name) => make("svg:line", { class: name, x1, y1, x2, y2 }), size = 8;
  const lock = { class: "lock", x: (x1 + x2 - size) / 2, y: (y1 + y2 - size) / 2, width: size, height: size };
  return [line(kind), kind.includes("stands") && line("core"), kind.includes("locked") && make("svg:rect", lock)];
}

/** How a pair stands, as a kind of line and in words. */
function standing(view, [a, b, , , , locked, kept]) {
  const price = view.standing.get(`${a}-${b}`), stands = price !== undefined;
  const costs = typeof price === "number" ? `, ${priced(price)} to part` : "";
  return {
    kind: `${kept ? "kept" : "made"}${locked ? " locked" : ""}${stands ? " stands" : ""}`,
    words: [!kept && "new", locked && "locked", stands && `in every best pairing${costs}`].filter(Boolean).join(", "),
  };
}

const named = ({ known: { names, groups } }, i) => `${names[i]}, ${groups[i] < 0 ? "no group" : `group ${groups[i]}`}`;

function legendPart(view) {
  const groups = view.known.ranks, entry = (sign, words) => make("li", {}, sign, words);
  const frame = { viewBox: "0 0 28 12", width: 28, height: 12, "aria-hidden": true };
  const line = (kind) => make("svg:svg", frame, strokes(kind, [2, 6], [26, 6]));
  const kinds = {
    kept: "pair, as kept", made: "new pair", gone: "kept, now given up", "kept locked": "locked",
    "kept stands": "in every best pairing",
  };
  return make("ul.legend", { "aria-label": "What the marks mean" },
    groups.map((group) => entry(mark(view, group), `sees things as group ${group}`)),
    !groups.length && entry(mark(view, -1), "no groups by perspective were found"),
    entry(mark(view, groups[0] ?? -1, true), "no partner"),
    Object.entries(kinds).map(([kind, words]) => entry(line(kind), words)));
}

// --- the graph: up to a hundred people, a mark each

/** Places in a window, moved apart where marks would lie on each other. */
function spread(places, width, height, gap) {
  const side = 28, top = 20;
  const at = places.map(([x, y]) => [side + x * (width - 2 * side), top + (1 - y) * (height - 2 * top)]);
  for (let round = 0; round < 60; round++) {
    at.forEach((one, i) => { for (let j = 0; j < i; j++) pushApart(one, at[j], gap); });
    for (const one of at) {
      one[0] = clamp(one[0], side, width - side);
      one[1] = clamp(one[1], top, height - top);
    }
  }
  return at;
}

function pushApart(one, other, gap) {
  const dx = one[0] - other[0] || 0.01, dy = one[1] - other[1], far = Math.hypot(dx, dy);
  const push = Math.max(0, (gap - far) / far / 2);
  for (const [k, by] of [dx, dy].entries()) {
    one[k] += by * push;
    other[k] -= by * push;
  }
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The nearest in the direction of an arrow key, those straight ahead first. */
function towards(at, from, [dx, dy]) {
  const far = at.map(([x, y]) => {
    const [right, down] = [x - at[from][0], y - at[from][1]], ahead = right * dx + down * dy;
    return ahead > 1 ? ahead + 2 * Math.abs(right * dy + down * dx) : Infinity;
  });
  const best = far.indexOf(Math.min(...far));
  return far[best] < Infinity ? best : from;
}

function partnersOf({ pairs }) {
  const found = {};
  for (const [a, b] of pairs) {
    (found[a] ??= []).push(b);
    (found[b] ??= []).push(a);
  }
  return found;
}

function graphPart(view) {
  const { names, groups, places } = view.known;
  const lines = make("svg:g"), labels = make("svg:g"), nodes = make("svg:g"), tip = make("svg:text.tip");
  for (const silent of [lines, labels, tip]) silent.setAttribute("aria-hidden", "true");
  const label = "People and pairs: arrow keys move from one to the next, Enter opens";
  const picture = make("svg:svg", { role: "group", "aria-label": label }, lines, labels, nodes, tip);
  const part = make("div.graph", { onpointerleave: () => point(null) }, picture);
  const people = names.map((_, i) => make("svg:g",
    { role: "button", tabindex: -1, "data-person": i, onpointerenter: () => point(i), onclick: () => view.pick(i) },
    make("svg:circle.near", { r: 13 }), shape(view, groups[i], 7)));
  let at = [], here = 0, told = null, letter = 8; // the width of one
  nodes.append(...people);
  part.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") view.pick(here);
    else if (ARROWS[event.key]) focus(towards(at, here, ARROWS[event.key]));
    else return;
    event.preventDefault();
  });
  part.addEventListener("focusin", ({ target }) => {
    rove(Number(target.dataset.person));
    point(here);
  });
  function rove(i) {
    people[here].setAttribute("tabindex", -1);
    here = i;
    people[i].setAttribute("tabindex", 0);
  }
  function focus(i) {
    rove(i);
    people[i].focus();
  }
  /** The name of whoever is pointed at, above everything. */
  function point(i) {
    tip.textContent = i === null ? "" : names[i];
    if (i !== null) dress(tip, spot(i, 13));
  }
  /** Where a name stands beside its mark. */
  function spot(i, by) {
    const [x, y] = at[i], right = x + letter * names[i].length + by < part.clientWidth || x < part.clientWidth / 2;
    return { x: x + (right ? by : -by), y: y + 4, "text-anchor": right ? "start" : "end" };
  }
  /** Names beside marks, as many as there is room for. */
  function write() {
    const taken = at.map(([x, y]) => [x - 8, y - 8, x + 8, y + 8]);
    labels.replaceChildren(...names.flatMap((name, i) => {
      const place = spot(i, 11), { x, y } = place, wide = letter * name.length;
      const left = place["text-anchor"] === "end" ? x - wide : x, box = [left, y - 10, left + wide, y + 2];
      const over = (other, k) => box[k] < other[k + 2] && other[k] < box[k + 2];
      const meets = (other, j) => j !== i && over(other, 0) && over(other, 1);
      if (box[0] < 0 || box[2] > part.clientWidth || taken.some(meets)) return [];
      taken.push(box);
      return [make("svg:text", place, name)];
    }));
  }
  function place() {
    const width = part.clientWidth, height = Math.round(clamp(0.85 * width, 300, 640));
    if (!width) return;
    letter = 0.56 * parseFloat(getComputedStyle(part).fontSize);
    at = spread(places, width, height, width < 460 ? 18 : 22);
    dress(picture, { viewBox: `0 0 ${width} ${height}`, height });
    people.forEach((person, i) => person.setAttribute("transform", `translate(${at[i].map(Math.round)})`));
    write();
    if (told) draw(told);
  }
  function draw(state) {
    told = state;
    if (!at.length) return;
    const { picked } = view, partners = partnersOf(state), aside = (...who) => picked !== null && !who.includes(picked);
    const line = ([a, b], kind) => make("svg:g", { "data-pair": `${a}-${b}`, class: aside(a, b) && "aside" },
      strokes(kind, at[a], at[b]));
    lines.replaceChildren(...state.gone.map((pair) => line(pair, "gone")),
      ...state.pairs.map((pair) => line(pair, standing(view, pair).kind)));
    people.forEach((person, i) => {
      const others = partners[i] ?? [], whom = others.map((j) => names[j]).join(" and ");
      const looks = { alone: !others.length, picked: i === picked, aside: aside(i, ...others) };
      dress(person, {
        class: ["person", ...Object.keys(looks).filter((look) => looks[look])].join(" "),
        "aria-expanded": i === picked,
        "aria-label": `${named(view, i)}, ${whom ? `with ${whom}` : "no partner"}`,
      });
    });
  }
  rove(0);
  return { part, draw, place, focus };
}

// --- rows: any number of people, only those in sight drawn

/** Pairs, the most valuable first, then those given up, then people without a partner. */
function rowsOf({ pairs, gone, alone, reasons }) {
  return [
    ...pairs.map((pair) => ({ people: pair.slice(0, 2), pair })),
    ...gone.map((people) => ({ people, why: "kept, now given up" })),
    ...alone.map(([who, reason]) => ({ people: [who], why: reasons[reason] })),
  ];
}

function rowsPart(view) {
  const label = "Find a person";
  const find = make("input", { type: "search", "aria-label": label, placeholder: label, oninput: sift });
  const sheet = table(["Pair", "Worth", "Gains", "How it stands"], []), body = sheet.tBodies[0];
  const pane = make("div.window", { role: "group", "aria-label": "Pairs: arrow keys move, Enter opens" }, sheet);
  const part = make("div", {}, find, pane);
  let rows = [], told = null, first = 0, row = 0, side = 0, tall = 34, most = 1;

  sheet.setAttribute("aria-label", "Pairs, the most valuable first, then people without a partner");
  pane.addEventListener("scroll", () => requestAnimationFrame(() => paint()));
  pane.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(pane.clientHeight / tall) - 2);
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -rows.length, End: rows.length };
    const sides = { ArrowLeft: 0, ArrowRight: 1 };
    if (!rows.length || !(event.key in steps || event.key in sides)) return;
    go(clamp(row + (steps[event.key] ?? 0), 0, rows.length - 1), sides[event.key] ?? side);
    event.preventDefault();
  });
  body.addEventListener("focusin", ({ target }) => {
    [row, side] = [Number(target.dataset.row), Number(target.dataset.side)];
    rove();
  });
  function sift() {
    pane.scrollTop = 0;
    draw(told);
  }
  function draw(state) {
    told = state;
    const wanted = find.value.trim().toLowerCase(), sought = (i) => view.known.names[i].toLowerCase().includes(wanted);
    rows = rowsOf(state).filter(({ people }) => !wanted || people.some(sought));
    most = state.pairs.reduce((held, pair) => Math.max(held, pair[2]), 1e-9);
    row = clamp(row, 0, Math.max(0, rows.length - 1));
    sheet.setAttribute("aria-rowcount", rows.length + 1);
    paint(true);
  }
  /** The rows in sight; those above and below are empty height. */
  function paint(anew = false) {
    const from = clamp(Math.floor(pane.scrollTop / tall) - SPARE, 0, Math.max(0, rows.length - 1));
    if (from === first && !anew) return;
    first = from;
    const to = Math.min(rows.length, from + Math.ceil(pane.clientHeight / tall) + 2 * SPARE);
    const pad = (height) => make("tr", { "aria-hidden": true, style: `height: ${height * tall}px` });
    const seen = rows.slice(from, to).map((one, k) => line(one, from + k));
    keepingFocus(body, () => body.replaceChildren(pad(from), ...seen, pad(rows.length - to)), () => pane);
    tall = seen[0]?.offsetHeight || tall;
    rove();
  }
  function line({ people, pair, why }, at) {
    const { known } = view, two = people.length > 1;
    const who = people.map((i, side) => make("button", {
      type: "button", class: "person", tabindex: -1, "data-person": i, "data-row": at, "data-side": side,
      "aria-expanded": i === view.picked, onclick: () => view.pick(i),
    }, mark(view, known.groups[i], !pair), make("span", {}, known.names[i])));
    return make("tr", { "aria-rowindex": at + 2, "data-pair": two && people.join("-"), class: two && !pair && "gone" },
      make("th", { scope: "row" }, who), pair ? cells(pair) : make("td", { colspan: 3 }, why));
  }
  function cells(pair) {
    const { words } = standing(view, pair), bar = make("span.bar", { style: `--part: ${pair[2] / most}` });
    return [make("td", {}, bar, fixed(pair[2])), make("td", {}, `${fixed(pair[3])} · ${fixed(pair[4])}`),
      make("td", { class: !pair[6] && "new" }, words || "as kept")];
  }
  /** Tab reaches one person of those in sight, or the window where that one was scrolled away. */
  function rove() {
    const which = Math.min(side, (rows[row]?.people.length ?? 1) - 1);
    const here = body.querySelector(`[data-row="${row}"][data-side="${which}"]`);
    for (const other of body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    (here ?? pane).tabIndex = 0;
    if (here) pane.tabIndex = -1;
    return here;
  }
  function go(to, which) {
    [row, side] = [to, which];
    const top = row * tall, seen = pane.clientHeight - sheet.tHead.offsetHeight;
    pane.scrollTop = clamp(pane.scrollTop, top + tall - seen, top);
    paint();
    rove()?.focus({ preventScroll: true });
  }
  function focus(person) {
    const at = rows.findIndex(({ people }) => people.includes(person));
    if (at < 0) pane.focus();
    else go(at, rows[at].people.indexOf(person));
  }
  return { part, draw, focus, place: () => told && paint(true) };
}

// --- people: the graph or the rows, and who has no partner

function peoplePart(view) {
  const ways = { ...(view.known.places && { Graph: graphPart(view) }), Rows: rowsPart(view) };
  const alone = alonePart(view), none = make("p.empty");
  let shown = ways.Graph ?? ways.Rows;
  const buttons = Object.keys(ways).map((name) => button(name, { "data-show": name.toLowerCase() }, () => {
    shown = ways[name];
    draw(view.state);
  }));
  const choice = { class: "switch", role: "group", "aria-label": "Show people as", hidden: !ways.Graph };
  const part = headed(view, "people", "People and pairs", make("div", choice, buttons), none,
    Object.values(ways).map((way) => way.part), legendPart(view), alone.part);
  function draw(state) {
    Object.values(ways).forEach((way, k) => {
      way.part.hidden = way !== shown;
      buttons[k].setAttribute("aria-pressed", way === shown);
    });
    shown.draw(state);
    shown.place();
    alone.draw(state);
    none.hidden = state.pairs.length > 0;
    none.textContent = state.now.able ? "No pair is possible with these settings: loosen one." : "Nobody takes part.";
  }
  const width = new ResizeObserver(() => shown.place());
  width.observe(part);
  const end = () => width.disconnect();
  return { part, draw, end, mark: () => shown.draw(view.state), focus: (person) => shown.focus(person) };
}

function alonePart(view) {
  const title = make("summary"), list = make("ul"), help = make("p", { "data-told": "help" });
  const ask = button("What would help?", { "data-do": "help" }, () => view.wonder("help", {}, ({ told }) => {
    help.textContent = told;
    view.say(told);
  }));
  const part = make("details.without", {}, title, list, ask, help, beside("help"));
  function draw({ alone, reasons, more, now }) {
    part.hidden = !alone.length;
    help.textContent = "";
    const free = now.able - now.paired, out = more.alone - free;
    title.textContent = `Without a partner: ${free}${out ? `, taking no part: ${out}` : ""}`;
    const count = (k) => alone.filter(([, why]) => why === k).length;
    list.replaceChildren(...reasons.map((reason, k) => make("li", {}, `${count(k)}: ${reason}`)));
  }
  return { part, draw };
}

// --- the panel: one person, why, what else, and rules by hand

function panelPart(view) {
  const { names, groups } = view.known;
  const title = make("h3", { tabindex: -1 }), why = make("p.why", { "data-told": "why" });
  const partners = make("div"), rules = make("ul.rules"), next = make("div.next"), acts = make("div");
  const told = make("p", { "data-told": "pair" }), options = make("datalist", { id: view.id() });
  const other = make("input", {
    type: "text", list: options.id, id: view.id(), autocomplete: "off", placeholder: "a name",
    oninput: weigh, onfocus: fill,
  });
  const close = button("Close", { "data-do": "close", title: "Escape closes as well" }, () => view.pick(null));
  const leave = button("Leave out this time", { "data-do": "leave out" }, () => act("leave out"));
  const part = make("aside.panel", { hidden: true, "aria-label": "About a person", onkeydown: shut },
    make("div.line", {}, title, close), why, partners, rules, beside("person"), next,
    make("div", {}, make("label", { for: other.id }, "What would another partner cost?"), other, options, told, acts,
      beside("pair")),
    leave, ["lock", "forbid", "leave out"].map(beside));
  let about = null;

  const act = (ask, more = {}) => view.move(ask, { a: view.picked, ...more });
  const lock = (b) => hand("lock", "Lock", b);
  const hands = (b, locked) => make("div.acts", {}, !locked && lock(b), hand("forbid", "Forbid", b));
  function hand(ask, label, b) {
    const told = `${label}: ${names[view.picked]} and ${names[b]}`;
    return button(label, { "data-do": ask, "data-with": b, "aria-label": told }, () => act(ask, { b }));
  }
  function shut(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    view.pick(null);
  }
  function fill() {
    if (!options.childElementCount) options.append(...names.map((value) => make("option", { value })));
  }
  function chosen() {
    const typed = other.value.trim().toLowerCase();
    return names.findIndex((name, i) => i !== view.picked && name.toLowerCase() === typed);
  }
  /** Ask as soon as what is typed is somebody's name. */
  function weigh() {
    const b = chosen();
    told.textContent = "";
    acts.replaceChildren();
    if (b < 0) return;
    view.wonder("pair", { a: view.picked, b }, (answer) => {
      if (b !== chosen()) return;
      told.textContent = answer.told;
      acts.replaceChildren(hands(b, false));
      view.say(answer.told);
    });
  }
  function partner(pair) {
    const [a, b, worth, first, second, locked] = pair, here = view.picked;
    const [who, own, given] = a === here ? [b, first, second] : [a, second, first], { words } = standing(view, pair);
    return make("div", {}, make("p", {}, "With ", make("b", {}, names[who]),
      `, worth ${fixed(worth)}: ${fixed(own)} for ${names[here]}, ${fixed(given)} for ${names[who]}.`),
    words && make("p.means", {}, words), hands(who, locked));
  }
  function nextBest(rows, told = "Nobody else is possible with these settings.") {
    if (!rows.length) return make("p.means", {}, told);
    return table(["The next best", "Cost to all", "People moved", "By hand"],
      rows.map(([b, cost, moved]) => [names[b], priced(cost), moved, lock(b)]));
  }
  function draw(state) {
    const here = view.picked, same = here === about;
    part.hidden = here === null;
    about = here;
    if (here === null) return;
    keepingFocus(part, () => {
      title.replaceChildren(mark(view, groups[here]), ` ${named(view, here)}`);
      partners.replaceChildren(...state.pairs.filter(([a, b]) => a === here || b === here).map(partner));
      const held = state.rules.filter((rule) => rule.people.includes(here));
      rules.replaceChildren(...held.map((rule) => ruleLine(view, rule)));
      if (same) return;
      other.value = why.textContent = "";
      next.replaceChildren();
    }, () => title);
    weigh();
    view.wonder("person", { a: here }, (answer) => {
      if (here !== view.picked) return;
      why.textContent = answer.why;
      keepingFocus(part, () => next.replaceChildren(nextBest(answer.next, answer.told)), () => title);
      part.dataset.about = here;
    });
  }
  return { part, draw, open: () => title.focus() };
}

// --- evidence: the curve, the price of each gate, what a repeat of the survey would do

/** Round steps from least to most, about four. */
function steps(least, most) {
  const rough = (most - least) / 4, unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((by) => by * unit >= rough), from = Math.ceil(least / step);
  const length = Math.floor(most / step) - from + 1;
  return Array.from({ length }, (_, k) => Number(((from + k) * step).toPrecision(6)));
}

/** The least and the most of some numbers, with room. */
function span(numbers) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)], room = 0.07 * (most - least) || 0.5;
  return [least - room, most + room];
}

function curvePart(view) {
  const [wide, tall, left, right, top, bottom] = [320, 235, 40, 12, 26, 42];
  const picture = make("svg:svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img" }), empty = make("p");
  const part = headed(view, "curve", "Close, or new", make("p.means", {},
    "Close experience helps two understand each other, other views help both learn. The line is the best of both."),
  picture, empty);
  const text = (x, y, anchor, words) => make("svg:text", { x, y, "text-anchor": anchor }, words);
  function draw(told) {
    const some = told.points.length > 0;
    dress(picture, { hidden: !some });
    empty.textContent = some ? "" : told.told;
    if (some) sketch(told);
  }
  function sketch({ points, now, kept }) {
    const all = [...points, now, kept], xs = span(all.map((spot) => spot[0])), ys = span(all.map((spot) => spot[1]));
    const x = (value) => left + ((value - xs[0]) / (xs[1] - xs[0])) * (wide - left - right);
    const y = (value) => tall - bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (tall - top - bottom);
    const moved = now.some((value, k) => value !== kept[k]);
    function here(name, [a, b], d, words, below) {
      const [by, anchor] = x(a) < wide / 2 ? [10, "start"] : [-10, "end"];
      return make("svg:g", { class: name }, make("svg:path", { d, transform: `translate(${x(a)} ${y(b)}) scale(6)` }),
        text(x(a) + by, y(b) + below, anchor, words));
    }
    picture.replaceChildren(
      ...steps(...ys).flatMap((value) => [make("svg:line", { x1: left, x2: wide - right, y1: y(value), y2: y(value) }),
        text(left - 6, y(value) + 4, "end", value)]),
      ...steps(...xs).map((value) => text(x(value), tall - bottom + 16, "middle", value)),
      text(2, 12, "start", "↑ new perspectives, all together"),
      text(wide - right, tall - 7, "end", "closeness in experience, all together →"),
      make("svg:polyline", { points: points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ") }),
      ...points.map(([a, b]) => make("svg:circle", { cx: x(a), cy: y(b), r: 2.5 })),
      ...(moved ? [here("kept", kept, SHAPES[3], "kept", 15)] : []),
      here("now", now, SHAPES[0], moved ? "now" : "now, as kept", -8));
    const say = ([a, b]) => `closeness ${fixed(a)}, new perspectives ${fixed(b)}`;
    const told = { Start: points[0], End: points.at(-1), Now: now, Kept: kept };
    picture.setAttribute("aria-label", Object.entries(told).map(([name, spot]) => `${name}: ${say(spot)}.`).join(" "));
  }
  return { part, draw };
}

function pricesPart(view) {
  const held = make("div"), said = make("p.means", { "data-told": "prices" });
  const part = headed(view, "prices", "What each limit costs", held, said);
  function draw({ gates, told }) {
    const rows = gates.map(([gate, pairs, worth, price]) => [gate, pairs, fixed(worth), priced(price)]);
    held.replaceChildren(...(rows.length ? [table(["Opened", "Pairs", "Worth", "Price"], rows)] : []));
    said.textContent = told;
  }
  return { part, draw };
}

function repeatPart(view) {
  const said = make("p", { "data-told": "repeat" }), part = headed(view, "repeat", "If the survey were repeated", said);
  return { part, draw: ({ told }) => { said.textContent = told; } };
}

// --- the sheet: what makes this state, to copy, and whether names are shown

/** Copy text, also where a page may not reach the clipboard; false if it is only marked. */
async function copied(part) {
  try {
    await navigator.clipboard.writeText(part.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(part);
    return document.execCommand("copy");
  }
}

function sheetPart(view) {
  const texts = {}, ticks = {};
  function text(key, label) {
    texts[key] = make("pre", { tabindex: 0, role: "region", "aria-label": label });
    const copy = button("Copy", { "data-do": `copy-${key}`, "aria-label": `Copy: ${label}` }, async () => {
      const done = await copied(texts[key]);
      copy.textContent = done ? "Copied" : "Press Ctrl+C";
      view.say(copy.textContent);
    });
    return make("div.text", {}, make("div.line", {}, make("h4", {}, label), copy), texts[key]);
  }
  function name(key, label) {
    const set = ({ target }) => view.move("names", { [key]: target.checked });
    ticks[key] = make("input", { type: "checkbox", "data-do": `names-${key}`, onchange: set });
    return make("label", {}, ticks[key], label);
  }
  const part = make("footer", {},
    make("details.sheet", {}, make("summary", {}, "The code and the settings sheet that make this pairing"),
      make("div.texts", {}, text("code", "In Python"), text("sheet", "As programme.toml"))),
    make("div.names", { role: "group", "aria-label": "Names" }, name("shown", "Show names"),
      name("saved", "Names in what the notebook saves")), beside("names"));
  for (const key in ticks) ticks[key].checked = view.known[key];
  function draw(state) {
    for (const key in texts) texts[key].textContent = state[key];
  }
  return { part, draw };
}

// --- the whole

/** Hide the picture for readers without a kernel, which comes anew with every state. */
function hideStatic(model) {
  const id = CSS.escape(model.get("static_id"));
  const rule = make("style", {}, `[data-peernet-static="${id}"] { display: none; }`);
  document.head.append(rule);
  return () => rule.remove();
}

function render({ model, el }) {
  const own = `peernet-${Math.random().toString(36).slice(2)}`;
  const notice = make("div.notice", { role: "status" }, "Asking the kernel …");
  const main = make("div.main", { hidden: true });
  const live = make("p.live", { role: "status", "data-told": "live" });
  const label = "What if? Pairs under other settings";
  const root = make("section.peernet-explorer", { "aria-label": label }, notice, main, live);
  let parts = null, bring = () => {}, made = 0, gesture = Math.random(), answered = {};

  const view = {
    known: null, state: null, picked: null, standing: new Map(), pick,
    id: () => `${own}-${made++}`,
    move: (name, more = {}) => talk.ask({ ask: name, at: name, ...more }),
    /** Set a dial; what one pull at a slider sets is one move to take back. */
    turn: (at, changes, pulled = false) => talk.ask({ ask: "set", at, changes, gesture: pulled ? gesture : ++gesture }),
    rest: () => { gesture++; },
    wonder: (name, more, then) => talk.ask({ ask: name, about: true, then, ...more }),
    say: (words) => { live.textContent = words; },
  };
  const talk = converse(model, { number: () => view.state.number, heard, pushed, changed, silent, failed });

  function changed() {
    dress(root, { "data-busy": String(talk.busy()), "data-idle": String(talk.idle()) });
  }
  function heard(told, then) {
    if (told.error) return wrong(told);
    awake();
    if (told.ask === "open") open(told);
    else if (told.ask === "people" || told.ask === "names") rename(told);
    if (told.state) take(told.state);
    else hearAbout(told, then);
  }
  /** A state that Python or another view of it made. */
  function pushed({ id, state }) {
    if (!parts || (id !== null && state.number === view.state.number)) return;
    take(state);
  }
  /** An answer about the state that is shown. */
  function hearAbout(told, then) {
    if (then) then(told);
    else if (told.ask === "standing") stand(told);
    else if (told.ask === "pairs" || told.ask === "alone") lengthen(told.ask, told[told.ask]);
    else if (EVIDENCE.includes(told.ask)) prove(told);
  }
  function prove(told) {
    answered[told.ask] = told;
    parts[told.ask].draw(told);
    if (told.done < told.of) return talk.later({ ask: "repeat" });
    parts[told.ask].part.removeAttribute("aria-busy");
  }
  function stand({ standing: found, next }) {
    for (const [a, b, price] of found) view.standing.set(`${a}-${b}`, price);
    if (next) talk.later({ ask: "standing", from: next });
    if (found.length) parts.people.mark();
  }
  function lengthen(list, further) {
    view.state[list].push(...further);
    parts.people.draw(view.state);
    complete();
  }
  function complete() {
    for (const [list, count] of Object.entries(view.state.more)) {
      const from = view.state[list].length;
      if (from < count) talk.ask({ ask: list, about: true, from });
    }
  }
  function open(told) {
    view.known = { ...told, names: [], groups: [] };
    root.setAttribute("data-open", "true");
    rename({ from: 0, ...told });
  }
  /** The first names or further ones; until all are there the rest is dots. */
  function rename({ from, names, groups, shown, saved }) {
    const { known } = view, { count } = known;
    names.forEach((name, k) => { known.names[from + k] = name; known.groups[from + k] = groups[k]; });
    for (let i = from + names.length; i < count; i++) [known.names[i], known.groups[i]] = ["…", -1];
    known.ranks = [...new Set(known.groups)].filter((group) => group >= 0).sort((a, b) => a - b);
    Object.assign(known, { shown: shown ?? known.shown, saved: saved ?? known.saved });
    keepingFocus(root, build, () => null);
    if (from + names.length < count) talk.ask({ ask: "people", from: from + names.length });
  }
  function build() {
    parts?.people.end();
    parts = {
      figures: figuresPart(view), dials: dialsPart(view), people: peoplePart(view), panel: panelPart(view),
      curve: curvePart(view), prices: pricesPart(view), repeat: repeatPart(view), sheet: sheetPart(view),
    };
    const { figures, dials, people, panel, curve, prices, repeat, sheet } = parts;
    const evidence = make("div.evidence", {}, curve.part, prices.part, repeat.part);
    main.replaceChildren(figures.part, dials.part, people.part, panel.part, evidence, sheet.part);
    if (view.state) show(view.state);
    for (const told of Object.values(answered)) parts[told.ask].draw(told);
  }
  /** A newer state: draw it, and ask anew what was known about the one before. */
  function take(state) {
    talk.forget();
    answered = {};
    view.standing = new Map();
    view.state = state;
    show(state);
    tellBeside(root, state.beside);
    view.say([...state.difference, ...Object.values(state.beside).flat()].join(" "));
    for (const name of EVIDENCE) parts[name].part.setAttribute("aria-busy", "true");
    complete();
    talk.later({ ask: "curve" }, { ask: "prices" }, { ask: "standing", from: 0 }, { ask: "repeat" });
  }
  function show(state) {
    for (const name of ["figures", "dials", "people", "panel", "sheet"]) parts[name].draw(state);
    if (!talk.moving()) parts.dials.show(state.settings);
    root.setAttribute("data-number", state.number);
  }
  function wrong({ error, at }) {
    if (!parts) return notice.replaceChildren(error);
    awake();
    tellBeside(root, { [at]: error }, true);
    view.say(error);
  }
  function failed(error) {
    console.error(error);
    tellBeside(root, { state: "An answer could not be shown, through a mistake in peernet: run the cell again." }, true);
  }
  function pick(person) {
    const before = view.picked;
    view.picked = person === before ? null : person;
    parts.people.mark();
    parts.panel.draw(view.state);
    if (view.picked === null) parts.people.focus(before);
    else parts.panel.open();
  }
  /** No answer for long, or no kernel any more: the picture for readers without one is shown. */
  function silent() {
    bring();
    main.hidden = true;
    dress(root, { "data-gone": "true" });
    dress(notice, { hidden: false });
    notice.replaceChildren("No kernel answers: it is busy with another cell, or has ended; then run this cell again. "
      + "A picture shows the last state.", button("Ask again", { "data-do": "again" }, () => {
      talk.end();
      talk.ask({ ask: "open" });
    }));
  }
  function awake() {
    if (!main.hidden) return;
    bring = hideStatic(model);
    root.removeAttribute("data-gone");
    notice.hidden = true;
    main.hidden = false;
  }

  /** Jupyter goes from cell to cell by arrow keys and cuts cells by letters; in here only what Control begins is its. */
  function keepKeys(event) {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  }

  model.on("msg:custom", talk.hear);
  model.on("comm:close", silent);
  root.addEventListener("keydown", keepKeys);
  el.append(root);
  talk.ask({ ask: "open" });
  return () => {
    model.off("msg:custom", talk.hear);
    model.off("comm:close", silent);
    talk.end();
    parts?.people.end();
    bring();
  };
}

export default { render };

"use strict";
const POLL_MS = 2000;
const MARKS = {planned: "·", measuring: "…", valid: "✓", failed: "✗", invalid: "○"};
// Lines differ in their dashes too: not everybody tells colours apart.
const DASHES = ["", "6 3", "2 3", "8 3 2 3"];
const SVG = "http://www.w3.org/2000/svg";
const at = id => document.getElementById(id);
const kept = JSON.parse(at("state").textContent);
let rounds = 0;

function element(name, attributes = {}, ...children) {
  const found = ["svg", "polyline", "line", "text"].includes(name)
    ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...children);
  return found;
}

function clock(seconds) {
  const whole = Math.round(seconds), two = number => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return (hours ? `${hours}:${two(minutes)}` : minutes) + `:${two(whole % 60)}`;
}

function stroke(number) {
  return {stroke: `light-dark(hsl(${number * 67 % 360} 70% 35%), hsl(${number * 67 % 360} 75% 70%))`,
    "stroke-dasharray": DASHES[number % DASHES.length]};
}

function line(number, points) {
  const {stroke: colour, ...rest} = stroke(number);
  return element("polyline", {points, style: `stroke: ${colour}`, ...rest});
}

function plan(trials) {
  const workloads = Map.groupBy(trials, trial => trial.workload);
  at("plans").replaceChildren(...[...workloads].map(([workload, own]) => {
    const blocks = [...new Set(own.map(trial => trial.block))];
    const rows = Map.groupBy(own, trial => trial.label);
    return element("table", {},
      element("caption", {}, workload),
      element("thead", {}, element("tr", {}, element("th", {scope: "col"}, "round"),
        ...blocks.map(block => element("th", {scope: "col"}, String(block))))),
      element("tbody", {}, ...[...rows].map(([label, its]) => element("tr", {},
        element("th", {scope: "row"}, label),
        ...blocks.map(block => {
          const trial = its.find(one => one.block === block);
          return trial
            ? element("td", {class: trial.status, title: trial.figures || trial.status}, MARKS[trial.status])
            : element("td");
        })))));
  }));
}

function chart(seconds) {
  const labels = Object.keys(seconds).sort();
  const longest = Math.max(2, ...labels.map(label => seconds[label].length));
  const most = Math.max(1, ...labels.flatMap(label => seconds[label]));
  const width = at("chart").clientWidth, right = width - 10;
  const x = index => 50 + (right - 50) * index / (longest - 1), y = value => 215 - 200 * value / most;
  at("chart").setAttribute("viewBox", `0 0 ${width} 240`);
  at("chart").replaceChildren(
    ...[0, most / 2, most].flatMap(value => [
      element("line", {x1: 50, x2: right, y1: y(value), y2: y(value), stroke: "currentColor", "stroke-opacity": .3}),
      element("text", {x: 44, y: y(value) + 4, "text-anchor": "end"}, Math.round(value).toLocaleString("en")),
    ]),
    element("text", {x: 50, y: 234}, `${longest} measured seconds of each contestant`),
    ...labels.map((label, number) =>
      line(number, seconds[label].map((value, index) => `${x(index)},${y(value)}`).join(" "))));
  at("legend").replaceChildren(...labels.map((label, number) => element("li", {},
    element("svg", {viewBox: "0 0 32 10", "aria-hidden": "true"}, line(number, "0,5 32,5")), label)));
}

function show(state, over) {
  at("run").textContent = state.run_id;
  at("doing").textContent = over ? `The run has ended: ${state.status}.` : state.doing;
  at("clock").textContent = `${clock(state.elapsed_s)} elapsed` +
    (over || state.remaining_s === null ? "" : `, about ${clock(state.remaining_s)} left`);
  at("findings").replaceChildren(...state.findings.map(text => element("li", {}, text)));
  plan(state.trials);
  chart(state.seconds);
  if (state.rounds !== rounds || over) {
    rounds = state.rounds;
    at("report").src = `report.html${over ? "" : `?${rounds}`}`;
    at("report").hidden = !rounds;
    at("none").hidden = Boolean(rounds);
  }
}

async function poll() {
  try {
    show(await (await fetch("state.json")).json(), false);
  } catch {
    at("doing").textContent = "The run has ended. Its folder has this page and the report.";
    return;
  }
  setTimeout(poll, POLL_MS);
}

if (kept) show(kept, true); else poll();

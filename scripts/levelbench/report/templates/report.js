// The page needs no script to be read; this adds what a document cannot do by itself.

// A link to something folded unfolds it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  let folded = target.closest("details:not([open])");
  if (!folded) return;
  for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// The contents close after a choice, on Escape and on a click elsewhere.
const contents = document.querySelector(".contents");
function close({ target }) {
  if (!contents.contains(target) || target.closest("a")) contents.open = false;
}
addEventListener("click", close);
contents.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  contents.open = false;
  contents.querySelector("summary").focus();
});

// Cores for the reader's own load: as the table, by CPU time per request and linear.
const rate = document.getElementById("rate");
function decimals(value) {
  const rounded = Number(value.toPrecision(3));
  return rounded ? Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(rounded)))) : 0;
}
function short(value, most = 3) {
  const places = Math.min(most, decimals(value));
  const rounded = places ? value : Number(value.toPrecision(3));
  return rounded.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}
function convert() {
  const perSecond = rate.valueAsNumber;
  const needs = [...document.querySelectorAll("th[data-ms]")].map((name) => {
    const cores = (ms) => short((perSecond * Number(ms)) / 1000);
    const { ms, low, high } = name.dataset;
    const range = low && high ? ` (${cores(low)} to ${cores(high)})` : "";
    return `${name.firstChild.textContent} ${cores(ms)}${range}`;
  });
  rate.closest(".ask").querySelector("output").textContent =
    perSecond > 0 ? `Cores: ${needs.join(", ")}` : "";
}
if (rate) {
  rate.addEventListener("input", convert);
  rate.closest("[hidden]").hidden = false;
  convert();
}

// CPU time of the reader's own mix: the weighted sum of isolated endpoints, round by round.
const weights = document.getElementById("weights");
const inputs = weights ? [...weights.querySelectorAll("input")] : [];
function estimate(values) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = JSON.parse(weights.dataset.quantiles)[n] * Math.sqrt(squares / (n - 1) / n);
  return half >= 0 ? [mean, mean - half, mean + half] : [mean];
}
function show(cell, [value, low, high]) {
  cell.replaceChildren(short(value));
  if (low === undefined) return;
  const interval = document.createElement("small");
  interval.textContent = [low, high].map((end) => short(end, decimals(value))).join(" to ");
  cell.append(interval);
}
function mix() {
  const parts = inputs.map((input) => Math.max(0, input.valueAsNumber || 0));
  const total = parts.reduce((sum, part) => sum + part, 0);
  const names = [...document.querySelectorAll(`#${weights.dataset.table} th[data-costs]`)];
  if (!total) {
    for (const name of names)
      for (const cell of name.parentElement.querySelectorAll("td")) cell.textContent = "—";
  } else {
    const rows = names.map((name) => {
      const rounds = Object.entries(JSON.parse(name.dataset.costs));
      const costs = new Map(rounds.map(([round, own]) =>
        [round, own.reduce((sum, cost, place) => sum + cost * parts[place], 0) / total]));
      const [value, low, high] = estimate([...costs.values()]);
      return { name, costs, found: low === undefined ? [value] : [value, Math.max(0, low), high] };
    });
    const least = rows.reduce((best, row) => (row.found[0] < best.found[0] ? row : best));
    for (const { name, costs, found } of rows) {
      const [own, ratio] = name.parentElement.querySelectorAll("td");
      const common = [...costs.keys()].filter((round) => least.costs.has(round));
      const logs = common.map((round) => Math.log(costs.get(round) / least.costs.get(round)));
      show(own, found);
      if (costs === least.costs) show(ratio, [1]);
      else if (logs.length) show(ratio, estimate(logs).map(Math.exp));
      else ratio.textContent = "—";
    }
  }
  const shares = inputs.map((input, place) => `${input.name} ${short((100 * parts[place]) / total)}%`);
  weights.querySelector("output").textContent = total ? `Of all requests: ${shares.join(", ")}` : "";
  const chosen = inputs.map((input, place) => `${input.name}:${parts[place]}`).join(",");
  weights.querySelector("a").href = `?weights=${chosen}#mix`;
}
if (weights) {
  const asked = new URLSearchParams(location.search).get("weights");
  if (asked) {
    const given = new Map(asked.split(",").map((part) => part.split(":")));
    for (const input of inputs) input.value = Math.max(0, Number(given.get(input.name)) || 0);
  }
  for (const input of inputs) input.addEventListener("input", mix);
  weights.hidden = false;
  mix();
}

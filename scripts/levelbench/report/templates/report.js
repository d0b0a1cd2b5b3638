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
function short(value) {
  const rounded = Number(value.toPrecision(3));
  const decimals = rounded ? Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(rounded)))) : 0;
  return rounded.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
function convert() {
  const perSecond = rate.valueAsNumber;
  const needs = [...document.querySelectorAll("th[data-ms]")].map((name) => {
    const cores = (ms) => short((perSecond * Number(ms)) / 1000);
    const { ms, low, high } = name.dataset;
    const range = low && high ? ` (${cores(low)} to ${cores(high)})` : "";
    return `${name.firstChild.textContent} ${cores(ms)}${range}`;
  });
  document.querySelector("output").textContent =
    perSecond > 0 ? `Cores: ${needs.join(", ")}` : "";
}
if (rate) {
  rate.addEventListener("input", convert);
  rate.closest("[hidden]").hidden = false;
  convert();
}

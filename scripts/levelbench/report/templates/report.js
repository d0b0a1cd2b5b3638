// Replaces a static drawing, when it is about to come into view, by one that fits the page and shows
// its values on hover. `ast` evaluates expressions without eval, which the page's policy refuses.
function draw(place) {
  const data = document.querySelector(`script[data-chart="${place.id}"]`);
  const drawing = document.createElement("div");
  drawing.className = "live";
  place.after(drawing);
  return window
    .vegaEmbed(drawing, JSON.parse(data.textContent), {
      renderer: "svg",
      actions: false,
      ast: true,
      tooltip: { theme: "page" },
    })
    .then(() => place.remove())
    .catch((error) => {
      drawing.remove();
      console.error(error);
    });
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "50% 0%" },
);
for (const place of document.querySelectorAll(".chart")) near.observe(place);

// Mark the current section in the contents: the last one that begins in the upper quarter.
const links = new Map();
for (const link of document.querySelectorAll("nav a")) {
  links.set(document.querySelector(link.hash), link);
}
const headings = [...links.keys()];
function showPlace() {
  const begun = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
  const current = links.get(begun.at(-1) ?? headings[0]);
  for (const link of links.values()) link.toggleAttribute("data-current", link === current);
}
addEventListener("scroll", () => requestAnimationFrame(showPlace), { passive: true });
showPlace();

// A link to a folded table unfolds it.
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const folded = target && target.closest("details");
  if (!folded) return;
  folded.open = true;
  folded.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// Unfold everything for printing, and restore the state afterwards.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const folded of opened) folded.open = true;
});
addEventListener("afterprint", () => {
  for (const folded of opened) folded.open = false;
});

// Replaces each static drawing by one that fits the page and tells its figures on hover.
// `ast` evaluates expressions without eval, which the page's security policy refuses.
for (const data of document.querySelectorAll("script[data-chart]")) {
  const place = document.getElementById(data.dataset.chart);
  const drawing = document.createElement("div");
  drawing.className = "live";
  place.after(drawing);
  window
    .vegaEmbed(drawing, JSON.parse(data.textContent), {
      renderer: "svg",
      actions: false,
      ast: true,
    })
    .then(() => place.remove())
    .catch((error) => {
      drawing.remove();
      console.error(error);
    });
}

addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});

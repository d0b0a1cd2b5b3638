// Flame graphs: each box is [name, ms, ms in the other contestant or null, boxes within].
const ROW = 1.5; // rem
const LEAST = 0.002; // of the width: narrower boxes are not drawn

const hash = (text) => [...text].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 997, 7);
const file = (name) => (name.match(/\(([^():]*)/) || ['', name])[1].split('/')[0];

function colour(kind, [name, ms, other], whole) {
  if (kind !== 'difference') return `hsl(${20 + (hash(file(name)) % 40)} 75% ${68 + (hash(name) % 12)}%)`;
  const change = Math.max(-1, Math.min(1, (20 * (ms - other)) / whole));
  if (Math.abs(change) < 0.02) return 'hsl(0 0% 85%)';
  return change > 0 ? `hsl(5 80% ${88 - 30 * change}%)` : `hsl(215 80% ${88 + 30 * change}%)`;
}

function title([name, ms, other], whole) {
  const share = `${((100 * ms) / whole).toFixed(1)}%`;
  const compared = other === null ? '' : `; ${other.toFixed(3)} ms in the other one`;
  return `${name}: ${ms.toFixed(3)} ms per request (${share})${compared}`;
}

for (const graph of document.querySelectorAll('.graph')) {
  const root = JSON.parse(graph.nextElementSibling.textContent);
  const search = graph.parentElement.querySelector('.search');
  const seen = graph.parentElement.querySelector('.seen');
  let path = [root];

  function draw() {
    graph.replaceChildren();
    let deepest = 0;
    const words = search.value.trim().toLowerCase();
    let found = 0;
    const box = (own, left, width, depth, way, around) => {
      if (width < LEAST) return;
      deepest = Math.max(deepest, depth);
      const element = document.createElement('button');
      element.type = 'button';
      element.textContent = width > 0.02 ? own[0] : '';
      element.title = title(own, root[1]);
      element.setAttribute('aria-label', element.title);
      Object.assign(element.style, {
        left: `${100 * left}%`, width: `${100 * width}%`, top: `${ROW * depth}rem`,
        background: colour(graph.dataset.kind, own, root[1]),
      });
      element.classList.toggle('around', around);
      const matches = words !== '' && own[0].toLowerCase().includes(words);
      element.classList.toggle('found', matches);
      element.addEventListener('click', () => { path = way; draw(); });
      graph.append(element);
      if (matches) found += 1;
    };
    path.slice(0, -1).forEach((own, depth) => box(own, 0, 1, depth, path.slice(0, depth + 1), true));
    const top = path[path.length - 1];
    const within = (own, left, depth, way) => {
      box(own, left, own[1] / top[1], depth, way, false);
      let at = left;
      for (const inner of own[3]) {
        if (inner[1] / top[1] >= LEAST) within(inner, at, depth + 1, [...way, inner]);
        at += inner[1] / top[1];
      }
    };
    within(top, 0, path.length - 1, path);
    graph.style.height = `${ROW * (deepest + 1)}rem`;
    seen.textContent = words === '' ? '' : `${found} boxes`;
  }
  search.addEventListener('input', draw);
  draw();
}

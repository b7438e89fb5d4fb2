"use strict";

// Tables sort by the column whose heading is pressed; numbers by value, text by its letters.
for (const table of document.querySelectorAll("table")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.querySelector("button").addEventListener("click", () => {
      const ascending = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach(other => other.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((one, other) => {
        const a = one.cells[column], b = other.cells[column];
        const numeric = a.dataset.value !== undefined && b.dataset.value !== undefined;
        const order = numeric ? a.dataset.value - b.dataset.value : a.textContent.localeCompare(b.textContent);
        return ascending ? order : -order;
      });
      table.tBodies[0].append(...rows);
    });
  });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // A page opened from a file may not write to the clipboard; selecting leaves one key to press.
      getSelection().selectAllChildren(text);
      button.textContent = "Selected";
      return;
    }
    button.textContent = "Copied";
  });
}

// Values under the pointer or the arrow keys. Coordinates are those of the drawing's view box.
const box = document.getElementById("values");

const position = {
  LINEAR: value => value,
  LOG: value => Math.log10(value),
  NINES: value => -Math.log10(1 - value)
};

function inside(area, x, y) {
  return x >= area[0] && x <= area[2] && y >= area[1] && y <= area[3];
}

function fraction(value, panel) {
  const low = position[panel.scale](panel.low), high = position[panel.scale](panel.high);
  return (position[panel.scale](value) - low) / (high - low);
}

function nearest(values, panel, wanted) {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(fraction(values[i], panel) - wanted) < Math.abs(fraction(values[best], panel) - wanted)) best = i;
  }
  return best;
}

// The side of networks and theory that is hidden now, if any.
function hiddenSide(drawing) {
  const chosen = drawing.closest("figure").querySelector(".choice input:checked");
  return chosen?.value === "network" ? "theory" : chosen?.value === "theory" ? "network" : null;
}

// What there is to read in a panel near a point: text, and the outline of what it belongs to.
function reading(panel, x, y, hidden) {
  if (panel.kind === "xy") {
    const series = panel.series.filter(candidate => candidate.side !== hidden);
    if (!series.length) return null;
    const wanted = (x - panel.area[0]) / (panel.area[2] - panel.area[0]);
    const found = series.map(one => ({ one, i: nearest(one.x, panel, wanted) }));
    const at = found[0].one.x[found[0].i];
    const across = panel.area[0] + fraction(at, panel) * (panel.area[2] - panel.area[0]);
    const lines = found.map(({ one, i }) => (one.name ? one.name + ": " : "") + one.y[i]);
    return {
      text: panel.horizontal + " = " + at + "\n" + lines.join("\n"),
      outline: [across, panel.area[1], across, panel.area[3]]
    };
  }
  const map = panel.maps.find(candidate => candidate.side !== hidden && inside(candidate.area, x, y));
  if (!map) return null;
  const rows = map.values.length, columns = map.values[0].length;
  const pick = (value, from, to, count) => Math.min(count - 1, Math.floor((value - from) / (to - from) * count));
  const i = pick(y, map.area[1], map.area[3], rows), j = pick(x, map.area[0], map.area[2], columns);
  const wide = (map.area[2] - map.area[0]) / columns, tall = (map.area[3] - map.area[1]) / rows;
  return {
    text: map.name + "\n" + panel.vertical + " = " + i * map.stride + ", " + panel.horizontal + " = " + j * map.stride
      + "\n" + map.values[i][j],
    outline: [map.area[0] + j * wide, map.area[1] + i * tall, map.area[0] + (j + 1) * wide, map.area[1] + (i + 1) * tall]
  };
}

// Every place that the arrow keys visit, left to right and top to bottom: points of curves, entries of maps.
function stops(panels, hidden) {
  return panels.flatMap(panel => {
    const middle = (panel.area[1] + panel.area[3]) / 2;
    if (panel.kind === "xy") {
      const first = panel.series.find(candidate => candidate.side !== hidden);
      return !first ? [] : [...new Set(first.x)].map(value =>
        ({ panel, x: panel.area[0] + fraction(value, panel) * (panel.area[2] - panel.area[0]), y: middle }));
    }
    return panel.maps.filter(map => map.side !== hidden).flatMap(map => map.values.flatMap((row, i) => row.map((value, j) => ({
      panel,
      x: map.area[0] + (j + 0.5) / row.length * (map.area[2] - map.area[0]),
      y: map.area[1] + (i + 0.5) / map.values.length * (map.area[3] - map.area[1])
    }))));
  }).filter(stop => inside(stop.panel.area, stop.x, stop.y) || stop.panel.kind === "map");
}

for (const drawing of document.querySelectorAll(".drawing")) {
  const svg = drawing.querySelector("svg");
  let panels = null, stop = null;
  const read = () => panels ??= JSON.parse(drawing.querySelector("script").textContent);

  const clear = () => {
    box.hidden = true;
    drawing.querySelector(".cursor")?.remove();
  };

  const show = (panel, x, y) => {
    clear();
    const found = panel && reading(panel, x, y, hiddenSide(drawing));
    if (!found) return;
    const [left, top, right, bottom] = found.outline;
    const cursor = document.createElementNS(svg.namespaceURI, "rect");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("x", left);
    cursor.setAttribute("y", top);
    cursor.setAttribute("width", Math.max(0.01, right - left));
    cursor.setAttribute("height", bottom - top);
    svg.append(cursor);
    box.hidden = false;
    box.textContent = found.text;
    const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
    box.style.left = Math.max(4, Math.min(at.x + 14, innerWidth - box.offsetWidth - 8)) + "px";
    box.style.top = Math.max(4, Math.min(at.y + 14, innerHeight - box.offsetHeight - 8)) + "px";
  };

  const point = event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    show(read().find(candidate => inside(candidate.area, at.x, at.y)), at.x, at.y);
  };
  drawing.addEventListener("pointermove", point);
  drawing.addEventListener("pointerdown", point);
  drawing.addEventListener("pointerleave", clear);
  drawing.addEventListener("blur", clear);

  drawing.addEventListener("keydown", event => {
    if (event.key === "Escape") return clear();
    if (!event.key.startsWith("Arrow") || event.target !== drawing) return;
    event.preventDefault();
    const all = stops(read(), hiddenSide(drawing));
    if (!all.length) return;
    // Up and down go to the closest stop of another line; in a panel of curves that is another panel.
    const now = stop === null ? -1 : all.findIndex(one => one.x === stop.x && one.y === stop.y);
    let next = now;
    if (now < 0) next = 0;
    else if (event.key === "ArrowRight") next = Math.min(all.length - 1, now + 1);
    else if (event.key === "ArrowLeft") next = Math.max(0, now - 1);
    else {
      const direction = event.key === "ArrowDown" ? 1 : -1;
      let best = Infinity;
      all.forEach((one, i) => {
        const down = (one.y - stop.y) * direction;
        const distance = down + 4 * Math.abs(one.x - stop.x);
        if (down > 1e-6 && distance < best) {
          best = distance;
          next = i;
        }
      });
    }
    stop = all[next];
    show(stop.panel, stop.x, stop.y);
  });
}

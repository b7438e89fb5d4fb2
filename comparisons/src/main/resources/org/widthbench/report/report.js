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

// Values under the pointer. Coordinates are those of the drawing's view box.
const box = document.getElementById("values");

const position = {
  LINEAR: value => value,
  LOG: value => Math.log10(value),
  NINES: value => -Math.log10(1 - value)
};

function inside(area, x, y) {
  return x >= area[0] && x <= area[2] && y >= area[1] && y <= area[3];
}

function nearest(values, axis, fraction) {
  const low = position[axis.scale](axis.low), high = position[axis.scale](axis.high);
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    const distance = k => Math.abs((position[axis.scale](values[k]) - low) / (high - low) - fraction);
    if (distance(i) < distance(best)) best = i;
  }
  return best;
}

function curves(panel, x) {
  const fraction = (x - panel.area[0]) / (panel.area[2] - panel.area[0]);
  const lines = panel.series.map(series => {
    const i = nearest(series.x, panel, fraction);
    return { at: series.x[i], text: series.name + ": " + series.y[i] };
  });
  return panel.horizontal + " = " + lines[0].at + "\n" + lines.map(line => line.text).join("\n");
}

function entry(panel, x, y) {
  const map = panel.maps.find(candidate => inside(candidate.area, x, y));
  if (!map) return null;
  const pick = (value, from, to, count) => Math.min(count - 1, Math.floor((value - from) / (to - from) * count));
  const i = pick(y, map.area[1], map.area[3], map.values.length);
  const j = pick(x, map.area[0], map.area[2], map.values[0].length);
  return map.name + "\n" + panel.vertical + " = " + i * map.stride + ", " + panel.horizontal + " = " + j * map.stride
    + "\n" + map.values[i][j];
}

for (const drawing of document.querySelectorAll(".drawing")) {
  const svg = drawing.querySelector("svg");
  const panels = JSON.parse(drawing.querySelector("script").textContent);
  drawing.addEventListener("pointermove", event => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const panel = panels.find(candidate => inside(candidate.area, point.x, point.y));
    const text = !panel ? null : panel.kind === "xy" ? curves(panel, point.x) : entry(panel, point.x, point.y);
    box.hidden = !text;
    if (text) {
      box.textContent = text;
      box.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8)) + "px";
      box.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - box.offsetHeight - 8)) + "px";
    }
  });
  drawing.addEventListener("pointerleave", () => { box.hidden = true; });
}

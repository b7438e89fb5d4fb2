// Opens pages as a reader would and prints, as JSON, what is wrong with each: an empty list if nothing is.
// usage: node page-test.mjs CHROMIUM SCREENSHOTS PAGE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, screenshots, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const readers = {
  laptop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }
};

const problems = [];

// A browser started as root, as in a container, has no sandbox.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const file of pages) {
    for (const [reader, settings] of Object.entries(readers)) {
      await visit(file, reader, settings);
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(problems, null, 1));

async function visit(file, reader, settings) {
  const name = path.basename(file, ".html") + "-" + reader;
  const wrong = text => problems.push(name + ": " + text);
  const context = await browser.newContext({ ...settings, reducedMotion: "reduce" });
  const page = await context.newPage();
  const address = pathToFileURL(file).href;
  page.on("console", message => {
    if (message.type() === "error" || message.type() === "warning") wrong("console: " + message.text());
  });
  page.on("pageerror", error => wrong("script: " + error.message));
  page.on("request", request => {
    if (request.url() !== address && !request.url().startsWith("data:")) wrong("asks for " + request.url());
  });
  await page.goto(address);
  await page.screenshot({ path: path.join(screenshots, name + ".png"), fullPage: true });

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (overflow > 0) wrong("is " + overflow + " pixels wider than the screen");
  await accessible(page, wrong);
  if (await page.locator("figure").count()) await figures(page, wrong, path.join(screenshots, name + "-difference.png"));
  if (await page.locator("table th button").count()) await tables(page, wrong);
  await keyboard(page, wrong);
  await context.close();
}

async function accessible(page, wrong) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of result.violations) {
    wrong("axe " + violation.id + ": " + violation.help + " (" + violation.nodes[0].html.slice(0, 160) + ", "
      + violation.nodes.length + " in all)");
  }
}

// Each choice shows what it says, values appear under pointer and arrow keys, and the difference is accessible too.
async function figures(page, wrong, screenshot) {
  const figure = page.locator("figure").first();
  const drawing = () => figure.locator(".drawing:visible").first();
  const values = page.locator("#values");
  if (await figure.locator(".choice").count()) {
    const shown = side => figure.locator("svg:visible ." + side).evaluateAll(groups =>
      groups.filter(group => getComputedStyle(group).visibility === "visible").length);
    for (const [choice, network, theory] of [["network", true, false], ["theory", false, true], ["both", true, true]]) {
      await figure.locator("input[value=" + choice + "]").check();
      if ((await shown("network") > 0) !== network) wrong("'" + choice + "' is wrong about networks");
      if ((await shown("theory") > 0) !== theory) wrong("'" + choice + "' is wrong about the theory");
    }
    await figure.locator("input[value=difference]").check();
    if (await figure.locator(".sides").isVisible()) wrong("'difference' leaves both sides");
    if (!await figure.locator(".difference").isVisible()) wrong("'difference' shows none");
    await accessible(page, text => wrong("difference: " + text));
    await page.screenshot({ path: screenshot });
    await figure.locator("input[value=both]").check();
  }
  await drawing().focus();
  await page.keyboard.press("ArrowRight");
  const first = await values.textContent();
  await page.keyboard.press("ArrowRight");
  const second = await values.textContent();
  if (!await values.isVisible() || !/\d/.test(first) || first === second) wrong("arrow keys read no values");
  await page.keyboard.press("Escape");
  if (await values.isVisible()) wrong("Escape leaves the values");
  await drawing().scrollIntoViewIfNeeded();
  const svg = await drawing().locator("svg").boundingBox();
  const panels = JSON.parse(await drawing().locator("script").textContent());
  const [left, top, right, bottom] = panels[0].area;
  const scale = svg.width / (await drawing().locator("svg").evaluate(element => element.viewBox.baseVal.width));
  await page.mouse.move(svg.x + scale * (left + right) / 2, svg.y + scale * (top + bottom) / 2);
  if (!await values.isVisible() || !/\d/.test(await values.textContent())) wrong("the pointer reads no values");
  await page.mouse.move(0, 0);
}

async function tables(page, wrong) {
  const table = page.locator("table").first();
  const column = () => table.locator("tbody tr td:first-child").allTextContents();
  const before = await column();
  const heading = table.locator("th button").first();
  await heading.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const after = await column();
  const sort = await table.locator("th").first().getAttribute("aria-sort");
  if (sort !== "descending") wrong("a heading pressed twice does not sort downwards but " + sort);
  const numeric = before.every(text => text !== "" && !isNaN(text));
  const expected = [...before].sort((a, b) => numeric ? b - a : b.localeCompare(a));
  if (after.join("|") !== expected.join("|")) wrong("sorting gives " + after + " in place of " + expected);
}

// Tab alone reaches everything that can be used, and what has the focus is seen to have it.
async function keyboard(page, wrong) {
  await page.evaluate(() => {
    // Tab goes on from what had the focus last.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    scrollTo(0, 0);
  });
  const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], button, summary, [tabindex='0'], input")]
    .filter(element => element.checkVisibility() && !element.closest("details:not([open]) > :not(summary)")
      && (element.type !== "radio" || element.checked)).length);
  const reached = new Set();
  for (let i = 0; i < wanted + 40; i++) {
    await page.keyboard.press("Tab");
    const id = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      element.dataset.reached ??= String(document.querySelectorAll("[data-reached]").length);
      const style = getComputedStyle(element.type === "radio" ? element.nextElementSibling : element);
      return { id: element.dataset.reached, outlined: style.outlineStyle !== "none", tag: element.tagName };
    });
    if (!id) break;
    if (!id.outlined) wrong("no outline shows the focus on " + id.tag);
    reached.add(id.id);
  }
  if (reached.size < wanted) wrong("Tab reaches " + reached.size + " of " + wanted + " controls");
}

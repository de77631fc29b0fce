// The report's page in a real browser: open, sort, filter, search, open a region; axe-core; no network; print.
//
// Call:    page.mjs REPORT.html [FOLDER FOR SCREENSHOTS]
// Program: Chromium, headless, driven by puppeteer-core; axe-core 4 (WCAG 2.0 to 2.2, A and AA).
// Prints a line a check, `ok` or `FAILED`, and last `N passed, N failed`.

import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [file, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
let passed = 0, failed = 0;
const check = (right, what) => {
  console.log(`${right ? "ok    " : "FAILED"} ${what}`);
  right ? (passed += 1) : (failed += 1);
};

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await behaves();
  await looks("light", 1280, 900);
  await looks("dark", 1280, 900);
  await looks("light", 360, 740);
  await withoutScripts();
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

async function open(scheme, width, height, scripts = true) {
  const page = await browser.newPage();
  const asked = [], said = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  return { page, asked, said };
}

async function behaves() {
  const { page, asked, said } = await open("light", 1280, 900);
  const outside = asked.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"));
  check(outside.length === 0, `nothing is fetched ${outside}`);
  check(said.length === 0, `the browser has nothing to complain of: ${said}`);
  const codes = () => page.$$eval("#regions tbody:not([hidden])", (all) => all.map((one) => one.dataset.code));
  const column = (key) => page.$$eval("#regions tbody:not([hidden])", (all, key) => all.map((one) => one.dataset[key]), key);
  const before = await codes();

  // By the keyboard alone: focus the button, press Enter.
  const sort = async (key) => { await page.focus(`th[data-sort=${key}] button`); await page.keyboard.press("Enter"); };
  await sort("kronor");
  let kronor = (await column("kronor")).map(Number);
  check(kronor.every((amount, at) => at === 0 || kronor[at - 1] <= amount), "sorted by amount, least first");
  await sort("kronor");
  kronor = (await column("kronor")).map(Number);
  check(kronor.every((amount, at) => at === 0 || kronor[at - 1] >= amount), "sorted by amount, most first");
  check(await page.$eval("th[data-sort=kronor]", (one) => one.getAttribute("aria-sort")) === "descending", "aria-sort says so");
  await sort("name");
  const names = await column("name");
  check(names.join() === [...names].sort(new Intl.Collator("sv").compare).join(), "sorted by name, Swedish order");
  check((await page.$$("th[aria-sort]")).length === 1, "one column is sorted");
  await sort("received");
  const received = await column("received");
  const known = received.filter(Boolean);
  check(received.slice(0, known.length).join() === [...known].sort().join(), "sorted by day, what is missing last");
  await sort("code");
  check((await codes()).join() === before.join(), "sorted back");

  const status = () => page.$eval("#shown", (one) => one.textContent);
  const answers = await page.$$eval("input[name=answer]", (all) => all.map((one) => one.value));
  const of = async (answer) => (await column("answer")).filter((one) => one === answer).length;
  const wanted = answers[0], count = await of(wanted);
  for (const answer of answers.slice(1)) await page.click(`input[name=answer][value="${answer}"]`);
  check((await codes()).length === count && (await of(wanted)) === count, `filtered: ${await status()}`);
  check((await status()).includes(String(count)), "the count is told to a screen reader");
  for (const answer of answers.slice(1)) await page.click(`input[name=answer][value="${answer}"]`);
  const comment = await page.$eval("#regions blockquote", (one) => one.textContent.split(/\s+/).slice(0, 4).join(" ").toLowerCase()).catch(() => null);
  if (comment) {
    await page.type("#search", comment.toUpperCase());
    check((await codes()).length >= 1 && (await codes()).length < before.length, `searched a comment: ${await status()}`);
    await page.$eval("#search", (one) => { one.value = ""; one.dispatchEvent(new Event("input", { bubbles: true })); });
  }
  check((await codes()).length === before.length, "all are shown again");

  await page.focus("#regions tbody summary");
  await page.keyboard.press("Enter");
  check(await page.$eval("#regions tbody details", (one) => one.open && one.querySelector("h3").checkVisibility()), "a region opens by the keyboard");
  await page.click("#open");
  check(await page.$$eval("#regions details", (all) => all.every((one) => one.open)), "all open");
  await judged(page, "all open, light");
  await page.click("#open");
  check(await page.$$eval("#regions details", (all) => all.every((one) => !one.open)), "all closed");
  await page.emulateMediaType("print");
  await page.pdf({ path: pictures && `${pictures}/print.pdf`, format: "A4", preferCSSPageSize: true });
  await page.close();
}

async function looks(scheme, width, height) {
  const { page } = await open(scheme, width, height);
  await judged(page, `${scheme}, ${width} px`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(sideways <= 0, `no scrolling sideways at ${width} px (${sideways})`);
  if (pictures) await page.screenshot({ path: `${pictures}/${scheme}-${width}.png`, fullPage: true });
  await page.close();
}

async function withoutScripts() {
  const { page } = await open("light", 1280, 900, false);
  check((await page.$("#tools:not([hidden])")) === null, "without scripts: no tools that do nothing");
  await page.click("#regions tbody summary");
  check((await page.$("#regions details[open]")) !== null, "without scripts: a region opens");
  await page.close();
}

async function judged(page, where) {
  // The page's own policy lets no other script in; the judge comes through the debugger, which is not the page.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  const found = violations.map((one) => `${one.id}: ${one.nodes.length}, ${one.nodes[0].html.slice(0, 120)}: ${one.nodes[0].failureSummary}`);
  check(found.length === 0, `axe-core, ${where} ${found.join("; ")}`);
}

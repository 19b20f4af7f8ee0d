// Walks every page type, with scripts and without, and checks each.
// `--pictures` only makes the pictures; `--readme` also keeps those that the README shows.
import { copyFileSync, mkdirSync } from 'node:fs';
import { demoPeople } from './app.mjs';
import { DESK, TELEPHONE, launch, open } from './browser.mjs';
import { accessibility, accessibilityWithoutScripts, focusVisible, house } from './checks.mjs';
import { pages } from './pages.mjs';
import { check, close, report } from './report.mjs';

const PICTURES = 'target/screenshots';
const README_PICTURES = 'docs/pictures';
const IN_README = ['record', 'permission', 'report'];

const picturesOnly = process.argv.includes('--pictures') || process.argv.includes('--readme');
const forReadme = process.argv.includes('--readme');
const baseURL = process.env.TRIBUTARY_URL;
const people = demoPeople();

mkdirSync(PICTURES, { recursive: true });
const chromium = await launch();
try {
  await walk(0, { scripts: true, viewport: DESK });
  if (!picturesOnly) await walk(1, { scripts: false, viewport: TELEPHONE });
} finally {
  await chromium.close();
}
if (forReadme) keepForReadme();
close();

async function walk(number, how) {
  const window = await open(chromium.browser, baseURL, how);
  const manner = how.scripts ? 'with scripts' : 'without scripts';
  const { list, secrets } = pages(people, number);
  for (const step of list) {
    const name = `${step.name} ${manner}`;
    let there = false;
    await check(`${name}: is reached`, async () => {
      await step.to(window.page);
      there = true;
      return headingFaults(step, await window.page.locator('h1').first().innerText());
    });
    if (there) {
      if (how.scripts) await look(window, step, name, secrets);
      else await lookPlainly(window, name, secrets);
    }
    if (step.after) await check(`${name}: is left`, () => step.after(window.page).then(() => []));
    const complaints = window.complaints();
    report(`${name}: nothing complained`, complaints);
  }
  await window.close();
}

function headingFaults(step, heading) {
  if (!step.heading || step.heading.test(heading)) return [];
  return [`the heading is “${heading}”`];
}

async function look({ page }, step, name, secrets) {
  await page.screenshot({ path: `${PICTURES}/${step.name}-1280.png`, fullPage: true });
  if (IN_README.includes(step.name)) {
    await page.screenshot({ path: `${PICTURES}/${step.name}-window.png` });
  }
  if (!picturesOnly) {
    await check(`${name}: WCAG 2.2 AA by axe`, () => accessibility(page));
    await check(`${name}: house rules`, () => house(page, { secrets }));
    await check(`${name}: focus is seen`, () => focusVisible(page));
  }
  await page.setViewportSize(TELEPHONE);
  await page.screenshot({ path: `${PICTURES}/${step.name}-375.png`, fullPage: true });
  if (!picturesOnly) {
    await check(`${name}: fits a telephone`, () => house(page, { secrets }));
  }
  await page.setViewportSize(DESK);
}

async function lookPlainly({ page }, name, secrets) {
  await check(`${name}: house rules`, () => house(page, { secrets }));
  await check(`${name}: WCAG 2.2 AA by axe`, () =>
    accessibilityWithoutScripts(chromium.browser, page),
  );
}

function keepForReadme() {
  mkdirSync(README_PICTURES, { recursive: true });
  for (const name of IN_README) {
    copyFileSync(`${PICTURES}/${name}-window.png`, `${README_PICTURES}/${name}.png`);
  }
}

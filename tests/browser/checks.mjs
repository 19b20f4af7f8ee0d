// What must hold on every page, whatever it shows.
import { axeSource } from './browser.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const FAILING = new Set(['serious', 'critical']);
// Enough to reach every control of a form and the first rows of a table.
const TAB_STOPS = 25;

// Faults by axe of the impact that fails, each with the elements concerned.
export async function accessibility(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } }),
    WCAG,
  );
  return violations
    .filter((violation) => FAILING.has(violation.impact))
    .map((violation) => {
      const where = violation.nodes.slice(0, 3).map((node) => node.target.join(' '));
      return `${violation.id} (${violation.impact}): ${violation.help}: ${where.join(' | ')}`;
    });
}

// Axe on what a browser without scripts shows: the same document, where none of its scripts run.
export async function accessibilityWithoutScripts(browser, plainPage) {
  const html = await plainPage.content();
  const url = plainPage.url();
  const context = await browser.newContext({ viewport: plainPage.viewportSize() });
  try {
    const page = await context.newPage();
    await page.route('**/*', async (route) => {
      const request = route.request();
      if (request.resourceType() === 'script') await route.abort();
      else if (request.isNavigationRequest() && !request.frame().parentFrame()) {
        await route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: html });
      } else await route.continue();
    });
    await page.goto(url);
    return await accessibility(page);
  } finally {
    await context.close();
  }
}

// The house's rules for a page: one heading, a title without the patient, no identifier in the
// address, nothing wider than the window.
export async function house(page, { secrets = [] } = {}) {
  const found = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    title: document.title,
    language: document.documentElement.lang,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    inline: document.querySelectorAll('script:not([src]), [onclick], [onload], [onsubmit]').length,
    deadAnchors: [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute('href').slice(1))
      .filter((id) => id !== '' && !document.getElementById(id)),
  }));
  const faults = [];
  if (found.headings !== 1) faults.push(`${found.headings} h1 where one is right`);
  if (!/Tributary/.test(found.title)) faults.push(`the title “${found.title}” has no product name`);
  if (!found.language.startsWith('en')) faults.push(`the page's language is “${found.language}”`);
  if (found.overflow > 1) faults.push(`${found.overflow} px wider than the window`);
  if (found.inline > 0) faults.push(`${found.inline} inline scripts`);
  for (const id of found.deadAnchors) faults.push(`a link leads to #${id}, which is not there`);
  const address = decodeURIComponent(page.url());
  for (const secret of secrets) {
    if (found.title.includes(secret)) faults.push('the title names the patient');
    if (address.replace(/[\s+]/g, '').includes(secret.replace(/\s/g, ''))) {
      faults.push('the address names the patient');
    }
  }
  return faults;
}

// Every stop of the tab key looks different while it has the focus.
export async function focusVisible(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.scrollTo(0, 0);
  });
  const faults = [];
  const seen = new Set();
  for (let stop = 0; stop < TAB_STOPS; stop += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    if (!at || seen.has(at.path)) break;
    seen.add(at.path);
    if (!(await looksDifferent(page, at.box))) faults.push(`focus is not seen on ${at.name}`);
  }
  if (seen.size === 0) faults.push('the tab key reaches nothing');
  return faults;
}

// Runs in the page: where the focus is, and the box around it and its label.
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const steps = [];
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    steps.unshift(`${at.tagName.toLowerCase()}:${[...at.parentElement.children].indexOf(at)}`);
  }
  const boxes = [element, ...(element.labels ?? [])].map((e) => e.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left)) - 8;
  const top = Math.min(...boxes.map((box) => box.top)) - 8;
  const right = Math.max(...boxes.map((box) => box.right)) + 8;
  const bottom = Math.max(...boxes.map((box) => box.bottom)) + 8;
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const name = (element.innerText || element.name || element.id || '').trim().slice(0, 30);
  return {
    path: steps.join(' > '),
    name: `${element.tagName.toLowerCase()} “${name}”`,
    box: {
      x,
      y,
      width: Math.max(1, Math.min(window.innerWidth, right) - x),
      height: Math.max(1, Math.min(window.innerHeight, bottom) - y),
    },
  };
}

async function looksDifferent(page, box) {
  if (box.y >= page.viewportSize().height || box.x >= page.viewportSize().width) return false;
  const clip = box;
  const focusedPicture = await page.screenshot({ clip, animations: 'disabled' });
  await page.evaluate(() => {
    globalThis.tributaryFocus = document.activeElement;
    document.activeElement.blur();
  });
  const plainPicture = await page.screenshot({ clip, animations: 'disabled' });
  await page.evaluate(() => globalThis.tributaryFocus.focus({ preventScroll: true }));
  return !focusedPicture.equals(plainPicture);
}

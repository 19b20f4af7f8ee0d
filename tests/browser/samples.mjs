// Every sample page of `web` in the folder given: ordinary, full, empty, late, withheld and
// conflicting data, as no demo would show them all. Checked like the real pages.
// `--pictures` makes pictures at both widths and checks nothing.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DESK, TELEPHONE, launch, open } from './browser.mjs';
import { accessibility, house } from './checks.mjs';
import { check, close, report } from './report.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};
// Nothing listens there: the browser is answered from the folder.
const HOST = 'http://127.0.0.1:9';
// Two cores, two windows.
const WINDOWS = 2;

const folder = process.argv[2];
const picturesOnly = process.argv.includes('--pictures');
const pictures = 'target/screenshots/samples';
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.html'))
  .sort();

mkdirSync(pictures, { recursive: true });
const chromium = await launch();
try {
  await Promise.all(Array.from({ length: WINDOWS }, look));
} finally {
  await chromium.close();
}
close();

// Takes samples from the list until there is none left.
async function look() {
  const window = await open(chromium.browser, HOST);
  const { page } = window;
  await page.route('**/*', fromFolder);
  for (let file = names.shift(); file; file = names.shift()) {
    const name = `sample ${file.replace('.html', '')}`;
    await page.setViewportSize(DESK);
    await page.goto(`${HOST}/${file}`);
    if (picturesOnly) await photograph(page, file.replace('.html', ''));
    else await examine(window, name);
  }
  await window.close();
}

async function examine({ page, complaints }, name) {
  await check(`${name}: WCAG 2.2 AA by axe`, () => accessibility(page));
  await check(`${name}: house rules`, () => house(page));
  await page.setViewportSize(TELEPHONE);
  await check(`${name}: fits a telephone`, () => house(page));
  report(`${name}: nothing complained`, complaints());
}

async function photograph(page, name) {
  await page.screenshot({ path: join(pictures, `${name}-1280.png`), fullPage: true });
  await page.setViewportSize(TELEPHONE);
  await page.screenshot({ path: join(pictures, `${name}-375.png`), fullPage: true });
  report(`${name}: photographed`, []);
}

async function fromFolder(route) {
  const path = new URL(route.request().url()).pathname;
  try {
    const body = readFileSync(join(folder, path));
    await route.fulfill({ status: 200, contentType: TYPES[extname(path)] ?? 'text/plain', body });
  } catch {
    await route.fulfill({ status: 404, body: '' });
  }
}

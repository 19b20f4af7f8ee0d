// One Chromium for all pages, and the two ways of being in it: with scripts and without.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESK = { width: 1280, height: 900 };
export const TELEPHONE = { width: 375, height: 812 };

export const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), 'tributary-chromium-'));
  const browser = await chromium.launch({
    executablePath: process.env.TRIBUTARY_CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    // Chromium keeps nothing between runs.
    env: { ...process.env, HOME: profile },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

// A window of its own: no cookie is shared with another. What goes wrong in it is collected.
export async function open(browser, baseURL, { scripts = true, viewport = DESK } = {}) {
  const context = await browser.newContext({
    baseURL,
    viewport,
    javaScriptEnabled: scripts,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  const host = new URL(baseURL).host;
  page.on('console', (message) => {
    // A refusal is a page with a status of its own, which Chromium calls a failed load.
    const aStatus = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    if (aStatus && !message.location().url.includes('/assets/')) return;
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== host) {
      complaints.push(`asks another host: ${url.host}`);
    }
  });
  page.on('response', (response) => {
    const url = new URL(response.url());
    if (response.status() >= 400 && url.pathname.startsWith('/assets/')) {
      complaints.push(`missing: ${url.pathname}`);
    }
  });
  return {
    page,
    scripts,
    // What has gone wrong since it was last asked.
    complaints: () => complaints.splice(0),
    close: () => context.close(),
  };
}

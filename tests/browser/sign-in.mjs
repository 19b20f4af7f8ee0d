// Signing in with a real provider, and with a second factor: over HTTP where somebody cheats, in
// Chromium where people look.
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent } from './agent.mjs';
import { demoPeople, signIn, submit } from './app.mjs';
import { TELEPHONE, launch, open } from './browser.mjs';
import { accessibility, focusVisible, house } from './checks.mjs';
import { MISCHIEF, payload, start } from './provider.mjs';
import { check, close } from './report.mjs';

const app = process.env.TRIBUTARY_URL;
const [cis2Port, councilPort] = process.env.TRIBUTARY_PROVIDER_PORTS.split(',').map(Number);
const PICTURES = 'target/screenshots';

const cis2 = await start(cis2Port, 'cis2', app);
const council = await start(councilPort, 'council', app);
mkdirSync(PICTURES, { recursive: true });
const chromium = await launch();
try {
  await rightWays();
  await wrongPeople();
  await badTokens();
  await stolenCodes();
  await endings();
  await provingAgain();
  await inChromium();
  await secondFactor();
} finally {
  await chromium.close();
  cis2.close();
  council.close();
}
close();

// Goes to a provider, signs in there, and stops before coming back.
async function comesAlmostBack(agent, who, from = '/sign-in/with/cis2') {
  const there = await agent.goes(from, `${app}/sign-in/back/`);
  if (there.stopped) return there.to;
  const typed = await agent.sends(there.url, { account: who });
  const back = await agent.goes(typed.to, `${app}/sign-in/back/`);
  if (!back.stopped) throw new Error(`not sent back but: ${back.status} ${back.text.slice(0, 200)}`);
  return back.to;
}

async function comesIn(who, from) {
  const agent = new Agent(app);
  const page = await agent.asks(await comesAlmostBack(agent, who, from));
  return { agent, page };
}

async function isIn(agent) {
  const answer = await agent.asks('/find');
  return answer.status === 200;
}

// Where a page leads on to by itself.
function leadsTo(text) {
  const address = text.match(/content="0;url=([^"]+)"/)?.[1];
  return address?.replaceAll('&#38;', '&').replaceAll('&amp;', '&');
}

function unless(holds, words) {
  return holds ? [] : [words];
}

async function rightWays() {
  await check('CIS2: the selected role is the one acted in, and no other', async () => {
    const { agent, page } = await comesIn('chosen');
    const found = await agent.asks('/find');
    const role = await agent.asks('/role');
    const nurse = await agent.sends('/role', { assignment: '1' });
    return [
      ...unless(page.status === 200 && /You are signed in/.test(page.text), page.text),
      ...unless(found.status === 200 && /Dr Perpetua Hollins/.test(found.text), 'is not in'),
      ...unless(/Doctor, /.test(found.text), 'is no doctor'),
      ...unless(!/Nurse/.test(role.text), 'is offered the other role'),
      ...unless(nurse.status === 422, 'could take the other role'),
    ];
  });
  await check('CIS2: without a selected role they choose among their own', async () => {
    const { agent } = await comesIn('several');
    const first = await agent.asks('/find');
    const page = await agent.asks('/role');
    const roles = [...page.text.matchAll(/name="assignment" type="radio" value="(\d+)"/g)];
    const before = new Agent(app);
    before.cookies = new Map(agent.cookies);
    const chosen = await agent.sends('/role', { assignment: roles[1]?.[1] ?? '' });
    return [
      ...unless(first.status === 303 && first.to.endsWith('/role'), 'no role was asked for'),
      ...unless(roles.length === 2, `${roles.length} roles`),
      ...unless(chosen.status === 303 && (await isIn(agent)), 'is not in'),
      ...unless(!(await isIn(before)), 'the cookie from before the choice still opens pages'),
    ];
  });
  await check('a council signs in with its own provider beside it', async () => {
    const { agent } = await comesIn('social-worker', '/sign-in/with/council');
    const found = await agent.asks('/find');
    return unless(found.status === 200 && /Social worker, /.test(found.text), found.text);
  });
}

async function wrongPeople() {
  for (const [who, words] of [
    ['without-role', /You have no role/],
    ['not-listed', /Your chosen role could not be confirmed/],
    ['unmapped', /Your role may not use/],
    ['low-level', /sign in more securely/],
    ['elsewhere', /You have no role/],
  ]) {
    await check(`CIS2: ${who} is not let in and told why`, async () => {
      const { agent, page } = await comesIn(who);
      return [
        ...unless(page.status === 403 && words.test(page.text), `${page.status} ${page.text}`),
        ...unless(!(await isIn(agent)), 'is in'),
      ];
    });
  }
  await check('whoever turns back at the provider is not in', async () => {
    const agent = new Agent(app);
    const begun = await agent.asks('/sign-in/with/cis2');
    const state = new URL(begun.to).searchParams.get('state');
    const page = await agent.asks(`/sign-in/back/cis2?error=access_denied&state=${state}`);
    return unless(page.status === 403 && !(await isIn(agent)), page.text);
  });
}

async function badTokens() {
  for (const mischief of MISCHIEF) {
    await check(`a token ${mischief} lets nobody in`, async () => {
      const agent = new Agent(app);
      const back = await comesAlmostBack(agent, 'chosen');
      cis2.state.mischief = mischief;
      const page = await agent.asks(back);
      cis2.state.mischief = null;
      return [
        ...unless(page.status === 403 && /You are not signed in/.test(page.text), `${page.status} ${page.text}`),
        ...unless(!(await isIn(agent)), 'is in'),
      ];
    });
  }
  await check('and the same without mischief does', async () => {
    const { agent } = await comesIn('chosen');
    return unless(await isIn(agent), 'is not in');
  });
}

async function stolenCodes() {
  const refused = async (page, agent) => [
    ...unless(page.status === 403, `${page.status} ${page.text}`),
    ...unless(!(await isIn(agent)), 'the thief is in'),
  ];
  await check('a stolen code is worth nothing in a browser that began nothing', async () => {
    const stolen = await comesAlmostBack(new Agent(app), 'chosen');
    const thief = new Agent(app);
    return refused(await thief.asks(stolen), thief);
  });
  await check('nor in a browser that began a sign-in of its own', async () => {
    const stolen = await comesAlmostBack(new Agent(app), 'chosen');
    const thief = new Agent(app);
    await thief.asks('/sign-in/with/cis2');
    return refused(await thief.asks(stolen), thief);
  });
  await check('nor with the thief’s own state in place of the other', async () => {
    const stolen = new URL(await comesAlmostBack(new Agent(app), 'chosen'));
    const thief = new Agent(app);
    const begun = await thief.asks('/sign-in/with/cis2');
    stolen.searchParams.set('state', new URL(begun.to).searchParams.get('state'));
    return refused(await thief.asks(stolen.href), thief);
  });
  await check('nor at the address of another provider', async () => {
    const agent = new Agent(app);
    const back = await comesAlmostBack(agent, 'chosen');
    return refused(await agent.asks(back.replace('/back/cis2', '/back/council')), agent);
  });
  await check('coming back twice lets nobody in a second time', async () => {
    const agent = new Agent(app);
    const kept = new Agent(app);
    const back = await comesAlmostBack(agent, 'chosen');
    kept.cookies = new Map(agent.cookies);
    await agent.asks(back);
    return [...unless(await isIn(agent), 'the first is not in'), ...(await refused(await kept.asks(back), kept))];
  });
}

async function endings() {
  await check('signing out leads on to the provider’s own sign-out', async () => {
    const { agent } = await comesIn('chosen');
    const out = await agent.sends('/sign-out', {});
    const place = leadsTo(out.text);
    const there = await agent.asks(place);
    return [
      ...unless(!(await isIn(agent)), 'is still in'),
      ...unless(place?.startsWith(`${cis2.issuer}/session/end`), `leads to ${place}`),
      ...unless(there.status === 200 && /Sign out here too/.test(there.text), there.text),
    ];
  });
  await check('a session that ends at the provider ends here at once, and no other', async () => {
    const { agent: other } = await comesIn('chosen');
    const { agent } = await comesIn('chosen');
    await endsAtProvider(agent);
    return [
      ...unless(cis2.state.logoutTokens.length > 0, 'the provider said nothing'),
      ...unless(!(await isIn(agent)), 'is still in'),
      ...unless(await isIn(other), 'the other browser’s session ended too'),
    ];
  });
  await check('what is no logout token ends nothing', forgedEndings);
}

async function endsAtProvider(agent) {
  const page = await agent.asks(`${cis2.issuer}/session/end`);
  const action = page.text.match(/action="([^"]+)"/)[1];
  const xsrf = page.text.match(/name="xsrf" value="([^"]+)"/)[1];
  await agent.goes((await agent.sends(action, { xsrf, logout: 'yes' })).to ?? action);
}

async function forgedEndings() {
  const real = payload(cis2.state.logoutTokens.at(-1));
  const { agent } = await comesIn('chosen');
  const now = Math.floor(Date.now() / 1000);
  const about = { ...real, sid: undefined, sub: 'chosen', jti: 'another', iat: now, exp: now + 60 };
  const forged = [
    cis2.sign(about, cis2.otherKey),
    cis2.sign({ ...about, aud: 'other' }),
    cis2.sign({ ...about, iss: council.issuer }),
    cis2.sign({ ...about, nonce: 'as in an id token' }),
    cis2.sign({ ...about, events: undefined }),
    cis2.sign({ ...about, iat: now - 3600, exp: now - 3000 }),
    cis2.sign({ ...about, sub: undefined }),
    'not.a.token',
    '',
  ];
  const faults = [];
  for (const token of forged) {
    const answer = await new Agent(app).sends('/sign-in/ended/cis2', { logout_token: token });
    if (answer.status !== 400) faults.push(`${answer.status}: ${token && JSON.stringify(payload(token))}`);
  }
  const council400 = await new Agent(app).sends('/sign-in/ended/council', { logout_token: cis2.sign(about) });
  faults.push(...unless(council400.status === 400, 'at another provider’s address'));
  faults.push(...unless(await isIn(agent), 'the session ended'));
  const right = await new Agent(app).sends('/sign-in/ended/cis2', { logout_token: cis2.sign(about) });
  faults.push(...unless(right.status === 200 && !(await isIn(agent)), 'a right one by name ends nothing'));
  return faults;
}

async function provingAgain() {
  const { patientsOf } = demoPeople();
  const patient = patientsOf({ organisation: 'ZZP01' }, 'none').at(-1);
  const fields = { answer: 'emergency', part: 'treating', 'emergency-reason': 'Found unconscious', sent: '1' };
  await check('proving again who one is: to the provider and back with what was written', async () => {
    const { agent } = await comesIn('chosen');
    const address = (await agent.sends('/find', { 'nhs-number': patient.nhs_number })).to.match(/patients\/(\d+)/)[1];
    const before = new Agent(app);
    before.cookies = new Map(agent.cookies);
    const sent = await agent.sends('/sign-in/again', { ...fields, address });
    const place = leadsTo(sent.text);
    const page = await agent.asks(await comesAlmostBack(agent, 'chosen', place));
    const record = await agent.sends(`/patients/${address}/permission`, fields);
    return [
      ...unless(/prompt=login/.test(place) && /max_age=0/.test(place), place),
      ...unless(/You have proved who you are/.test(page.text) && /Found unconscious/.test(page.text), page.text),
      ...unless(!(await isIn(before)), 'the cookie from before still opens pages'),
      ...unless(record.status === 303 && /record$/.test(record.to), `${record.status} ${record.text}`),
    ];
  });
  await check('whoever comes back as somebody else proves nothing', async () => {
    const { agent } = await comesIn('chosen');
    const sent = await agent.sends('/sign-in/again', { ...fields, address: '1' });
    const place = leadsTo(sent.text);
    // Somebody else at the same desk, whom the provider does not know yet.
    for (const name of agent.cookies.keys()) {
      if (!name.startsWith('tributary')) agent.cookies.delete(name);
    }
    const page = await agent.asks(await comesAlmostBack(agent, 'several', place));
    return unless(page.status === 403 && /Somebody else/.test(page.text), page.text);
  });
}

// A page as people see it: accessible, within the window, at both widths.
async function looks(page, name) {
  await page.screenshot({ path: `${PICTURES}/${name}-1280.png`, fullPage: true });
  await check(`${name}: WCAG 2.2 AA by axe`, () => accessibility(page));
  await check(`${name}: house rules`, () => house(page));
  await check(`${name}: focus is seen`, () => focusVisible(page));
  const desk = page.viewportSize();
  await page.setViewportSize(TELEPHONE);
  await page.screenshot({ path: `${PICTURES}/${name}-375.png`, fullPage: true });
  await check(`${name}: fits a telephone`, () => house(page));
  await page.setViewportSize(desk);
}

// Presses the tab key until an element that fits has the focus.
async function tabsTo(page, fits) {
  for (let stops = 0; stops < 30; stops += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(() => {
      const at = document.activeElement;
      return `${at?.id ?? ''} ${at?.textContent ?? ''}`;
    });
    if (fits.test(text)) return;
  }
  throw new Error(`the keyboard does not reach ${fits}`);
}

async function inChromium() {
  for (const scripts of [true, false]) {
    const manner = scripts ? 'with scripts' : 'without scripts';
    const { page, close: leave } = await open(chromium.browser, app, { scripts });
    await check(`in Chromium by keyboard alone, ${manner}: in through the provider`, async () => {
      await page.goto('/sign-in');
      if (scripts) await looks(page, 'sign-in-providers');
      await page.goto('/sign-in');
      await tabsTo(page, /NHS Care Identity/);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${cis2.issuer}/interaction/**`);
      await page.focus('input[name="account"]');
      await page.keyboard.type('chosen');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${app}/find`);
      const who = await page.locator('.app-who__person').innerText();
      return unless(/Dr Perpetua Hollins/.test(who), who);
    });
    await check(`in Chromium, ${manner}: out here and at the provider`, async () => {
      await page.locator('form[action="/sign-out"] button').click();
      await page.waitForURL(`${cis2.issuer}/session/end**`);
      await page.getByRole('button', { name: 'Yes, sign me out' }).click();
      await page.waitForURL(`${app}/sign-in`);
      await page.goto('/find');
      return unless(page.url() === `${app}/sign-in`, page.url());
    });
    await leave();
  }
}

async function secondFactor() {
  const { accounts } = demoPeople();
  const account = accounts.find((one) => one.sign_in === 'paramedic');
  const { page, close: leave } = await open(chromium.browser, app);
  let recovery = [];
  await check('a second factor is added', async () => {
    await signIn(page, account);
    await page.getByRole('link', { name: 'second factor' }).click();
    await looks(page, 'second-factor');
    await submit(page, 'form[action="/second-factor"]');
    await looks(page, 'enrol');
    const squares = await page.locator('svg.app-qr path').getAttribute('d');
    await page.fill('#code', '000000');
    await submit(page, 'form[action="/sign-in/enrol"]');
    const refused = await page.locator('.nhsuk-error-summary').count();
    await page.fill('#code', code(await page.locator('.app-secret').innerText()));
    await submit(page, 'form[action="/sign-in/enrol"]');
    await looks(page, 'recovery-codes');
    recovery = await page.locator('.app-codes li').allInnerTexts();
    return [
      ...unless(squares.length > 1000, 'there is no picture'),
      ...unless(refused === 1, 'a wrong code was taken'),
      ...unless(recovery.length === 10, `${recovery.length} recovery codes`),
    ];
  });
  await check('and asked for at the next sign-in', async () => {
    await page.getByRole('link', { name: /continue/ }).click();
    await submit(page, 'form[action="/sign-out"]');
    await signIn(page, account);
    await looks(page, 'code');
    await page.goto('/find');
    const without = new URL(page.url()).pathname;
    await page.goto('/sign-in/code');
    await page.fill('#code', 'bamo-bamo-bamo-bamo');
    await submit(page, 'form[action="/sign-in/code"]');
    await looks(page, 'code-wrong');
    await page.fill('#code', recovery[0]);
    await submit(page, 'form[action="/sign-in/code"]');
    return [
      ...unless(without === '/sign-in', `without the code: ${without}`),
      ...unless(new URL(page.url()).pathname === '/find', page.url()),
    ];
  });
  await leave();
}

// What an authenticator app shows now for a secret typed by hand.
function code(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/\s/g, '')]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(step).digest();
  const at = digest.at(-1) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

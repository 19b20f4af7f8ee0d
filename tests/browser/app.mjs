// What people do at the pages, in their verbs. Nothing here depends on scripts.
import { readFileSync } from 'node:fs';

// What `tributary demo --accounts-file` wrote:
//   accounts: [{ sign_in, password, role, organisation, organisation_name }]  one row for each role
//   patients: [{ organisation, nhs_number, family_name, born, choice }]
//             choice: none, standing, opted-out, blocked
export function demoPeople() {
  const { accounts, patients } = JSON.parse(readFileSync(process.env.TRIBUTARY_ACCOUNTS, 'utf8'));
  const rolesOf = (signIn) => accounts.filter((account) => account.sign_in === signIn).length;
  const clinical = ['doctor', 'nurse', 'pharmacist', 'allied-professional', 'social-worker'];
  const reachable = (account, choice) =>
    patients.filter((p) => p.organisation === account.organisation && p.choice === choice);
  const clinicians = accounts.filter((a) => clinical.includes(a.role) && rolesOf(a.sign_in) === 1);
  // The one with the most patients to ask shows the most pages.
  clinicians.sort((a, b) => reachable(b, 'none').length - reachable(a, 'none').length);
  const clinician = clinicians[0];
  if (!clinician) throw new Error('the demo has no clinician');
  return {
    accounts,
    clinician,
    clinicianOf: (choice) => clinicians.find((a) => reachable(a, choice).length > 0),
    privacyOfficer: accounts.find(
      (a) => a.role === 'privacy-officer' && a.organisation === clinician.organisation,
    ) ?? accounts.find((a) => a.role === 'privacy-officer'),
    desk: accounts.find((a) => a.role === 'practice-staff'),
    governance: ['governance', 'caldicott-guardian']
      .map((role) => accounts.find((a) => a.role === role))
      .filter(Boolean),
    severalRoles: accounts.find((a) => rolesOf(a.sign_in) > 1),
    patientsOf: reachable,
  };
}

export async function signIn(page, account) {
  await page.goto('/sign-in');
  await page.fill('input[name="name"]', account.sign_in);
  await page.fill('input[name="password"]', account.password);
  await submit(page, 'form[action="/sign-in"]');
}

export async function signOut(page) {
  await submit(page, 'form[action="/sign-out"]');
}

// To the page that a single match opens: permission, record or refusal.
export async function find(page, nhsNumber) {
  await page.goto('/find');
  await page.fill('input[name="nhs-number"]', nhsNumber);
  await submit(page, 'form:has(input[name="nhs-number"])');
}

// Finds by name; opens the patient when the list is shown to choose from.
export async function findByName(page, familyName, born) {
  const [year, month, day] = born.split('-');
  await page.goto('/find');
  await page.fill('input[name="family-name"]', familyName);
  await page.fill('input[name="day"]', day);
  await page.fill('input[name="month"]', month);
  await page.fill('input[name="year"]', year);
  await submit(page, 'form:has(input[name="family-name"])');
}

// Answers the permission page; without an answer there is only the part in the care to state.
export async function answers(page, answer, part = 'treating') {
  const radio = page.locator(`input[name="answer"][value="${answer}"]`);
  if (await radio.count()) await radio.check();
  const parts = page.locator(`input[name="part"][value="${part}"]`);
  if (await parts.count()) await parts.check();
  await submit(page, 'form[action$="/permission"]');
}

// Opens a record without asking, in an emergency.
export async function breaksGlass(page, reason) {
  await page.check('input[name="answer"][value="emergency"]');
  await page.fill('textarea[name="emergency-reason"]', reason);
  await answers(page, 'emergency');
}

// Tabs on until a field has the focus; never touches the mouse.
export async function tabTo(page, selector) {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((part) => document.activeElement?.matches(part), selector)) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

// Answers a form of one question by the keyboard alone: to its first radio, down so many, and to its
// button, which is pressed.
export async function byKeyboard(page, form, down = 0) {
  await page.evaluate(() => document.activeElement?.blur());
  const within = () =>
    page.evaluate((of) => {
      const at = document.activeElement;
      return at?.closest(of) ? (at.type ?? at.tagName).toLowerCase() : '';
    }, form);
  const reach = async (type) => {
    for (let stop = 0; stop < 60; stop += 1) {
      await page.keyboard.press('Tab');
      if ((await within()) === type) return;
    }
    throw new Error(`the tab key never reaches ${type} in ${form}`);
  };
  await reach('radio');
  await page.keyboard.press('Space');
  for (let step = 0; step < down; step += 1) await page.keyboard.press('ArrowDown');
  await reach('submit');
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
  await page.waitForLoadState('load');
}

// A form's own button, and the page that answers it.
export async function submit(page, form) {
  const button = page
    .locator(form)
    .first()
    .locator('button[type="submit"], button:not([type]), input[type="submit"]')
    .first();
  await Promise.all([page.waitForEvent('domcontentloaded'), button.click()]);
  await page.waitForLoadState('load');
}

// The first link whose address holds the words, if there is one.
export async function link(page, words) {
  return page.evaluate(
    (part) =>
      [...document.querySelectorAll('a[href]')]
        .map((a) => a.getAttribute('href'))
        .find((href) => href.includes(part)) ?? null,
    words,
  );
}

export async function follow(page, words) {
  const href = await link(page, words);
  if (!href) throw new Error(`no link to ${words} on ${new URL(page.url()).pathname}`);
  await page.goto(new URL(href, page.url()).href);
}

// Every page type, in the order that one working day shows them.
//
// A page has a name, a way there from the page before, and perhaps a heading it must have.
import {
  answers,
  breaksGlass,
  byKeyboard,
  find,
  findByName,
  follow,
  signIn,
  signOut,
  submit,
  tabTo,
} from './app.mjs';
import { faultsOf } from './audit_events.mjs';

// A patient who was never asked, for each walk its own, since a walk ends with a no.
function patientFor(people, walk) {
  const asked = people.patientsOf(people.clinician, 'none');
  const patient = asked[walk % asked.length];
  if (!patient) throw new Error('the demo has no patient who was never asked');
  return patient;
}

export function pages(people, walk) {
  const patient = patientFor(people, walk);
  const { clinician, privacyOfficer, severalRoles } = people;
  const day = { record: null };
  const record = (page) => page.goto(day.record);
  const list = [
    { name: 'sign-in', heading: /sign in/i, to: (page) => page.goto('/sign-in') },
    {
      name: 'sign-in-refused',
      heading: /sign in/i,
      to: (page) => signIn(page, { ...clinician, password: 'not the password' }),
    },
    { name: 'privacy', to: (page) => page.goto('/privacy') },
    severalRoles && {
      name: 'role',
      heading: /role/i,
      to: (page) => signIn(page, severalRoles),
      after: signOut,
    },
    { name: 'find', heading: /find/i, to: (page) => signIn(page, clinician) },
    {
      name: 'find-mistyped',
      heading: /find/i,
      to: (page) => submit(page, 'form:has(input[name="nhs-number"])'),
    },
    { name: 'find-nobody', to: (page) => findByName(page, 'Nobody-Of-This-Name', '1900-01-01') },
    {
      name: 'permission',
      heading: /^Ask permission to view the shared record$/,
      to: (page) => find(page, patient.nhs_number),
    },
    {
      name: 'permission-incomplete',
      heading: /^Ask permission to view the shared record$/,
      to: (page) => submit(page, 'form[action$="/permission"]'),
    },
    {
      name: 'record',
      async to(page) {
        await answers(page, 'today');
        day.record = page.url();
        if (!day.record.endsWith('/record')) throw new Error(`no record but ${day.record}`);
      },
    },
    { name: 'section', to: (page) => follow(page, '/record/sections/') },
    {
      name: 'entry',
      async to(page) {
        await record(page);
        await follow(page, '/record/entries/');
      },
    },
    {
      name: 'document',
      async to(page) {
        await record(page);
        await page.goto(`${day.record}/sections/correspondence`);
        await follow(page, '/record/entries/');
      },
    },
    {
      name: 'trend',
      async to(page) {
        await record(page);
        await follow(page, '/record/trends/');
      },
    },
    { name: 'timeline', to: (page) => page.goto(`${day.record}/timeline`) },
    { name: 'sources', to: (page) => page.goto(`${day.record}/sources`) },
    { name: 'report', to: (page) => page.goto(day.record.replace(/record$/, 'report')) },
    {
      name: 'refused-no',
      async to(page) {
        await record(page);
        await submit(page, 'form[action$="/say-no"]');
      },
    },
    { name: 'unknown-person', to: (page) => page.goto('/patients/999999999999/record') },
    { name: 'no-such-page', to: (page) => page.goto('/no-such-page') },
    { name: 'find-recent', heading: /find/i, to: (page) => page.goto('/find'), after: signOut },
    ...refusals(people),
    ...desk(people, walk),
    ...(privacyOfficer ? reviews(people, walk) : []),
    ...governance(people),
  ];
  return { list: list.filter(Boolean), secrets: [patient.nhs_number, patient.family_name], day };
}

// An emergency, and what a privacy officer then does about it.
function reviews(people, walk) {
  const { clinician, privacyOfficer } = people;
  const asked = people.patientsOf(clinician, 'none');
  const patient = asked[asked.length - 1 - walk];
  return [
    {
      name: 'emergency',
      async to(page) {
        await signIn(page, clinician);
        await find(page, patient.nhs_number);
        await breaksGlass(page, 'Found unconscious');
        if (!page.url().endsWith('/record')) throw new Error(`no record but ${page.url()}`);
      },
      after: signOut,
    },
    { name: 'accesses', to: (page) => signIn(page, privacyOfficer) },
    {
      name: 'accesses-fhir',
      async to(page) {
        await page.goto('/accesses?which=our-staff');
        const answer = await page.request.get(new URL('/accesses.fhir', page.url()).href);
        const faults = faultsOf(await answer.json());
        if (faults.length) throw new Error(faults.slice(0, 5).join('; '));
      },
    },
    {
      name: 'accesses-of-one',
      to: (page) => follow(page, '/accesses?staff='),
    },
    { name: 'explain', heading: /^Why access/, to: (page) => follow(page, '/explain/') },
    { name: 'reviews', heading: /^Reviews/, to: (page) => page.goto('/reviews') },
    {
      name: 'review-incomplete',
      heading: /^Review of access/,
      async to(page) {
        const look = page.locator('.app-queue__row', { hasText: 'Found unconscious' }).first();
        await page.goto(new URL(await look.locator('a').first().getAttribute('href'), page.url()).href);
        await submit(page, 'form[action^="/reviews/"]');
      },
    },
    {
      name: 'review-closed',
      heading: /^Review of access/,
      async to(page) {
        // By keyboard alone.
        await tabTo(page, '#step');
        await page.keyboard.press('Space');
        await tabTo(page, '#words');
        await page.keyboard.type('The ambulance sheet says the same');
        await tabTo(page, 'form[action^="/reviews/"] button');
        await Promise.all([
          page.waitForEvent('domcontentloaded'),
          page.keyboard.press('Enter'),
        ]);
        await page.waitForLoadState('load');
        const steps = await page.innerText('main');
        if (!steps.includes('The ambulance sheet says the same')) throw new Error('no such step');
      },
    },
    {
      name: 'ranking',
      heading: /^How looks rank/,
      async to(page) {
        await page.goto('/reviews/ranking');
        await page.fill('#same-family', '60');
        await submit(page, 'form[action="/reviews/ranking"]');
        if (!page.url().includes('same-family=60')) throw new Error('it was not only tried');
      },
      after: signOut,
    },
  ];
}

// The refusals of a standing choice, where the demo has somebody who made it.
function refusals(people) {
  return ['opted-out', 'blocked'].flatMap((choice) => {
    const clinician = people.clinicianOf(choice);
    if (!clinician) return [];
    const patient = people.patientsOf(clinician, choice)[0];
    return [
      {
        name: `refused-${choice}`,
        heading: choice === 'opted-out' ? /declined to have an electronic shared record/ : undefined,
        async to(page) {
          await signIn(page, clinician);
          await find(page, patient.nhs_number);
          if (!/\/permission$/.test(page.url())) throw new Error(`found nobody: ${page.url()}`);
        },
        after: signOut,
      },
    ];
  });
}

// The practice desk: a patient blocks and unblocks the record. Each walk has a patient of its own.
function desk(people, walk) {
  const staff = people.desk;
  const patients = staff ? people.patientsOf(staff, 'none') : [];
  const patient = patients[patients.length - 1 - walk];
  if (!patient) throw new Error('the demo has no desk, or no patient for it');
  const form = 'form[action*="/choice/steps/"]';
  const step = (name) => (page) => follow(page, `/choice/steps/${name}`);
  return [
    { name: 'desk-find', heading: /find/i, to: (page) => signIn(page, staff) },
    {
      name: 'desk',
      heading: /^Choice about the shared record$/,
      to: (page) => find(page, patient.nhs_number),
    },
    { name: 'desk-block', heading: /^Block the record$/, to: step('block') },
    { name: 'desk-block-incomplete', heading: /^Block/, to: (page) => submit(page, form) },
    {
      name: 'desk-confirmation',
      heading: /^Your choice about your shared care record$/,
      to: (page) => byKeyboard(page, form),
    },
    {
      name: 'desk-blocked',
      heading: /^Choice/,
      to: (page) => follow(page, '/choice'),
    },
    { name: 'desk-unblock', heading: /^Unblock the record$/, to: step('unblock') },
    {
      name: 'desk-unblocked',
      heading: /^Your choice/,
      to: (page) => byKeyboard(page, form),
    },
    {
      name: 'desk-opt-out',
      heading: /^Opt out/,
      async to(page) {
        await follow(page, '/choice');
        await step('opt-out')(page);
      },
      after: signOut,
    },
  ];
}

// The governance desk: a change from the form to its approval by two people.
function governance({ governance: [member, guardian] }) {
  if (!member || !guardian) return [];
  const day = { version: null };
  return [
    { name: 'governance', heading: /^Governance$/, to: (page) => signIn(page, member) },
    { name: 'governance-partner', to: (page) => follow(page, '/governance/partners/') },
    {
      name: 'governance-partner-mistyped',
      async to(page) {
        await page.goto('/governance/partner');
        await submit(page, 'form[action="/governance/partner"]');
      },
    },
    { name: 'governance-rules', to: (page) => page.goto('/governance/rules') },
    { name: 'governance-settings', to: (page) => page.goto('/governance/settings') },
    { name: 'governance-change', to: (page) => page.goto('/governance/settings/change') },
    {
      name: 'governance-version',
      heading: /^Version /,
      // By keyboard alone.
      async to(page) {
        await page.locator('#emergency-hours').focus();
        await page.keyboard.press('Control+A');
        const hours = await page.inputValue('#emergency-hours');
        await page.keyboard.type(hours === '4' ? '6' : '4');
        await page.locator('#glass-breakers-nurse').focus();
        await page.keyboard.press('Space');
        await page.locator('#why').focus();
        await page.keyboard.type('Eight hours are longer than anybody needed');
        await page.keyboard.press('Tab');
        await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
        await page.waitForLoadState('load');
        day.version = page.url();
        const text = await page.locator('main').innerText();
        if (!/An emergency opening lasts/.test(text)) throw new Error('no difference is shown');
      },
    },
    {
      name: 'governance-version-approved-once',
      async to(page) {
        await submit(page, 'form[action$="/approve"]');
        const text = await page.locator('main').innerText();
        if (!/Another member of the group has to approve it too/.test(text)) throw new Error(text);
      },
      after: signOut,
    },
    {
      name: 'governance-version-in-force',
      async to(page) {
        await signIn(page, guardian);
        await page.goto(day.version);
        await submit(page, 'form[action$="/approve"]');
        const text = await page.locator('main').innerText();
        if (!/in force since/i.test(text)) throw new Error(text);
      },
      after: signOut,
    },
  ];
}

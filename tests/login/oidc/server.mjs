// A certified OpenID provider on loopback, for tests: PKCE, device code, rotating refresh tokens with reuse detection.
//
//   node server.mjs [seconds that an access token lives]
//
// Prints one line of JSON with its port. It ends when its standard input does, so no test can leave it behind.
import { createServer } from 'node:http';
import { once } from 'node:events';

// What the provider has to say is no part of the one line on standard output.
console.info = console.warn = (...words) => console.error(...words);

const { default: Provider } = await import('oidc-provider');

const accessTokenLife = Number(process.argv[2] ?? 3600);
const stats = { token: 0, refresh: 0, refused: 0, revoked: 0, held: 0 };
let holdNext = false;

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
const client = { application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'], grant_types: grants };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...client, client_id: 'text2llm-tests', token_endpoint_auth_method: 'none' },
    {
      ...client,
      client_id: 'text2llm-company',
      client_secret: 'a-secret-of-the-company-0123456789',
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  scopes: ['openid', 'offline_access', 'email'],
  claims: { openid: ['sub'], email: ['email'] },
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@corp.example` }) }),
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  ttl: { AccessToken: accessTokenLife, RefreshToken: 86400, Grant: 86400, Session: 3600, Interaction: 600 },
});

provider.on('grant.revoked', () => { stats.revoked += 1; });

provider.use(async (ctx, next) => {
  if (ctx.path === '/stats') {
    ctx.body = stats;
    return;
  }
  if (ctx.path === '/hold') { // the next token request gets no answer, and has no effect
    holdNext = true;
    ctx.body = stats;
    return;
  }
  if (ctx.path === '/token' && holdNext) {
    holdNext = false;
    stats.held += 1;
    await once(ctx.req.socket, 'close');
    return;
  }
  await next();
  if (ctx.oidc?.route === 'token') {
    stats.token += 1;
    stats.refresh += ctx.oidc.params?.grant_type === 'refresh_token' ? 1 : 0;
    stats.refused += ctx.status === 200 ? 0 : 1;
  }
});

server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({ port })}\n`);
process.stdin.resume().on('end', () => process.exit(0));

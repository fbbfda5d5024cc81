/** What the files of one folder may import, besides each other. Paths are from the root; an entry may be a file. */
export interface Room {
  /** Folders it may import in any way. */
  readonly uses: readonly string[];
  /** Folders of which it may import only types: it knows an interface, not its implementation. */
  readonly knows?: readonly string[];
  /** Folders it may load with `await import()`, and import types of: they are slow to load, or optional. */
  readonly loads?: readonly string[];
  /** npm packages, and `node:` for Node's modules. */
  readonly packages: readonly string[];
}

const DYNAMODB = '@aws-sdk/client-dynamodb';
const SECRETS_MANAGER = '@aws-sdk/client-secrets-manager';
const SNS = '@aws-sdk/client-sns';
const ADAPTERS = [
  'lambda/adapters',
  'lambda/adapters/ledger',
  'lambda/adapters/timestamp',
  'lambda/adapters/upbit',
];
const USE_CASES = ['lambda/collector', 'lambda/history', 'lambda/sealer'];

/**
 * The direction of dependency, in one place: handlers, cli and infra/local → collector, history, sealer and adapters → core.
 * Each folder with code has an entry here, and anything an entry does not name is rejected.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  'lambda/core': { uses: [], packages: ['jsonc-parser'] },
  'lambda/collector': { uses: ['lambda/core'], packages: ['p-limit'] },
  'lambda/history': { uses: ['lambda/core'], packages: ['p-limit'] },
  'lambda/sealer': { uses: ['lambda/core'], packages: [] },
  'lambda/adapters': {
    uses: ['lambda/core'],
    knows: ['lambda/sealer'],
    packages: [DYNAMODB, SECRETS_MANAGER, SNS, 'node:', 'p-limit'],
  },
  'lambda/adapters/ledger': {
    uses: ['lambda/core', 'lambda/adapters'],
    knows: USE_CASES,
    packages: [DYNAMODB, 'node:'],
  },
  'lambda/adapters/timestamp': {
    uses: ['lambda/core', 'lambda/adapters'],
    knows: USE_CASES,
    packages: ['asn1js', 'node:', 'pkijs'],
  },
  'lambda/adapters/upbit': {
    uses: ['lambda/core', 'lambda/adapters'],
    knows: USE_CASES,
    packages: ['jose', 'node:'],
  },
  'lambda/handlers': {
    uses: ['lambda/core', ...USE_CASES, ...ADAPTERS],
    packages: [DYNAMODB, SECRETS_MANAGER, SNS, 'node:'],
  },
  infra: { uses: ['lambda/core'], packages: ['aws-cdk-lib', 'constructs', 'node:'] },
  'infra/local': {
    uses: ['lambda/core', ...USE_CASES, ...ADAPTERS, 'lambda/handlers'],
    packages: [DYNAMODB, SECRETS_MANAGER, 'classic-level', 'dynalite', 'jose', 'node:'],
  },
  cli: {
    uses: [
      'lambda/core',
      'lambda/history',
      'cli/commands',
      'cli/doctor',
      'cli/files',
      'cli/ledger',
      'cli/print',
      'cli/report',
    ],
    loads: ['infra/local'],
    packages: ['commander', 'node:'],
  },
  'cli/commands': {
    uses: [
      'lambda/core',
      'lambda/history',
      'lambda/adapters/sha256.ts',
      'cli/cost',
      'cli/doctor',
      'cli/evidence',
      'cli/export',
      'cli/files',
      'cli/keys',
      'cli/ledger',
      'cli/print',
      'cli/report',
      'cli/report/statement',
    ],
    loads: ['infra/local', 'infra/template.ts'],
    packages: ['commander'],
  },
  'cli/cost': {
    uses: ['lambda/core', 'lambda/collector'],
    knows: ['infra/template.ts'],
    packages: ['node:'],
  },
  'cli/doctor': {
    uses: ['lambda/core', 'lambda/history', ...ADAPTERS, 'lambda/handlers', 'cli/ledger', 'cli/print'],
    loads: ['infra/local', 'infra/config.ts', 'infra/cron.ts'],
    packages: [
      DYNAMODB,
      SECRETS_MANAGER,
      '@aws-sdk/client-cloudwatch',
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-scheduler',
      SNS,
      '@aws-sdk/client-sqs',
      'node:',
      'p-limit',
    ],
  },
  'cli/evidence': {
    uses: ['lambda/core', 'lambda/adapters/sha256.ts', 'cli/print', 'cli/report'],
    loads: ['lambda/adapters/timestamp'],
    packages: ['node:'],
  },
  'cli/export': { uses: ['lambda/core', 'lambda/history', 'cli/ledger', 'cli/print'], packages: ['node:'] },
  'cli/report': {
    uses: ['lambda/core', 'lambda/history', 'cli/files', 'cli/print'],
    packages: ['esbuild', 'node:'],
  },
  'cli/report/statement': {
    uses: ['lambda/core', 'lambda/history', 'cli/print', 'cli/report'],
    packages: ['node:'],
  },
  'cli/keys': {
    uses: [
      'lambda/core',
      'lambda/collector',
      ...ADAPTERS,
      'lambda/handlers',
      'cli/doctor',
      'cli/ledger',
      'cli/print',
    ],
    packages: [SECRETS_MANAGER, 'jsonc-parser'],
  },
  // Reads and opens a ledger. A command that opens none needs neither a client nor the local parts.
  'cli/ledger': {
    uses: ['lambda/core', 'lambda/history', ...ADAPTERS, 'cli/print'],
    loads: ['lambda/handlers', 'infra/local'],
    packages: [DYNAMODB, 'commander', 'https-proxy-agent', 'node:'],
  },
  'cli/files': { uses: ['lambda/core'], packages: ['node:'] },
  'cli/print': { uses: ['lambda/core', 'lambda/history'], packages: [] },
  // The page is bundled for a browser: nothing of Node, no client, no network.
  'cli/report/page': { uses: ['lambda/core', 'cli/print', 'cli/report'], packages: ['uplot'] },
};

/**
 * Who may import whom: the table of docs/architecture.md. What is not allowed here is an error.
 * `npm run check` applies it; test/scripts/import-rules.test.ts proves that it sees the modules and can fail.
 */

const rooms = [
  'activities',
  'api',
  'bench',
  'catalogue',
  'cli',
  'client',
  'commands',
  'db',
  'domain',
  'platform',
  'providers',
  'sandbox',
  'web',
  'workers',
  'workflows',
]
const anyRoom = `^(${rooms.join('|')})/`

/** What an adapter is written against: its interface, its errors, its HTTP client. */
const adapterContract = '^providers/(adapter|errors|http)\\.ts$'
/** A provider's folder, or one file of it. `providers/kit/` is none. */
const providerFolder = '^providers/(?!kit/)[^/]+/'

/** What the files of a room may import of other rooms; `types` of these only as types. */
const allowed = {
  domain: {},
  catalogue: { code: ['domain/', 'db/', 'providers/registry\\.ts$'] },
  platform: { code: ['domain/'] },
  db: { code: ['domain/', 'platform/'] },
  commands: { code: ['domain/', 'db/', 'providers/[^/]+\\.ts$', 'platform/'] },
  activities: { code: ['domain/', 'commands/', 'providers/', 'db/', 'platform/'] },
  workflows: { code: ['domain/'], types: ['activities/'] },
  workers: { code: ['domain/', 'workflows/', 'activities/', 'commands/', 'providers/', 'db/', 'platform/'] },
  cli: { code: ['domain/', 'workflows/', 'activities/', 'commands/', 'providers/', 'db/', 'platform/'] },
  api: {
    code: [
      'domain/',
      'catalogue/',
      'commands/',
      'web/',
      'db/',
      'platform/',
      'workflows/messages(\\.ts$|/)',
      'providers/[^/]+\\.ts$',
    ],
    types: ['workflows/'],
  },
  sandbox: { code: ['platform/', 'web/kit/', 'web/plots/'] },
  web: { types: ['domain/'] },
  client: { types: ['domain/'], code: ['api/.*schemas?(\\.ts$|/)'] },
  bench: { code: [] },
}

/** A room imports only what the table says, as code or as types. */
function roomRules(room, { code = [], types = [] }) {
  const mayImport = (list) => [`^${room}/`, ...list.map((path) => `^${path}`)]
  return [
    {
      name: `${room}-imports`,
      comment: `${room} may import ${[...code, ...types.map((path) => `types of ${path}`)].join(', ') || 'nothing'} (docs/architecture.md)`,
      severity: 'error',
      from: { path: `^${room}/`, ...(room === 'bench' ? { pathNot: '^bench/matching' } : {}) },
      to: { path: anyRoom, pathNot: mayImport([...code, ...types]) },
    },
    ...(types.length === 0
      ? []
      : [
          {
            name: `${room}-types-only`,
            comment: `${room} may import only types of ${types.join(', ')} (docs/architecture.md)`,
            severity: 'error',
            from: { path: `^${room}/` },
            to: {
              path: types.map((path) => `^${path}`),
              pathNot: mayImport(code),
              dependencyTypesNot: ['type-only'],
            },
          },
        ]),
  ]
}

const packages = { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] }

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(allowed).flatMap(([room, what]) => roomRules(room, what)),
    {
      name: 'bench-matching-imports',
      comment: 'bench:matching may import catalogue and domain; the other benchmarks speak HTTP only',
      severity: 'error',
      from: { path: '^bench/matching' },
      to: { path: anyRoom, pathNot: ['^bench/', '^catalogue/', '^domain/'] },
    },
    {
      name: 'provider-imports',
      comment: 'a provider folder may import domain, itself, the kit and what an adapter is written against',
      severity: 'error',
      from: { path: '^providers/(?!kit/)([^/]+)/' },
      to: {
        path: anyRoom,
        pathNot: ['^domain/', '^providers/$1/', '^providers/kit/', adapterContract],
      },
    },
    {
      name: 'provider-kit-imports',
      comment: 'the kit may import domain, platform, itself and what an adapter is written against, never a provider',
      severity: 'error',
      from: { path: '^providers/kit/' },
      to: { path: anyRoom, pathNot: ['^domain/', '^platform/', '^providers/kit/', adapterContract] },
    },
    {
      name: 'providers-shared-imports',
      comment: 'the shared files of providers/ may import domain and platform; only the registry may import a provider',
      severity: 'error',
      from: { path: '^providers/[^/]+\\.ts$' },
      to: { path: anyRoom, pathNot: ['^domain/', '^platform/', '^providers/[^/]+\\.ts$', '^providers/[^/]+/'] },
    },
    {
      name: 'only-the-registry-knows-providers',
      comment: 'adding a provider touches one shared line: the one in providers/registry.ts',
      severity: 'error',
      from: { path: '^(?!providers/registry\\.ts$|providers/[^/]+/)' },
      to: { path: providerFolder },
    },
    {
      name: 'the-kit-is-for-adapters',
      comment: 'what providers/kit/ helps with is writing an adapter; the rest of the program asks the adapter',
      severity: 'error',
      from: { path: anyRoom, pathNot: '^providers/' },
      to: { path: '^providers/kit/' },
    },
    {
      name: 'provider-packages',
      comment: 'a provider folder may import zod and node:crypto',
      severity: 'error',
      from: { path: providerFolder },
      to: { ...packages, pathNot: '(^|/)node_modules/(@types/)?zod/' },
    },
    {
      name: 'provider-built-ins',
      comment: 'a provider folder may import zod and node:crypto',
      severity: 'error',
      from: { path: providerFolder },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain imports nothing: it must run in workflows, in the matching index and in a browser',
      severity: 'error',
      from: { path: '^domain/' },
      to: { dependencyTypes: [...packages.dependencyTypes, 'core'] },
    },
    {
      name: 'workflows-are-deterministic',
      comment: 'workflows may import @temporalio/workflow, no other package and no Node built-in',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: [...packages.dependencyTypes, 'core'], pathNot: '(^|/)node_modules/@temporalio/workflow/' },
    },
    {
      name: 'sql-stays-in-db',
      comment: 'only db speaks SQL; the benchmarks have a bare route beside ours to compare with',
      severity: 'error',
      from: { path: anyRoom, pathNot: ['^db/', '^bench/'] },
      to: { path: '(^|/)node_modules/(@types/)?(knex|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'api-imports-no-store',
      comment: 'api calls commands and reads read models',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^db/(stores|statements)/' },
    },
    {
      name: 'api-parts-know-no-route',
      comment: 'what all routes are made of (api/*.ts, eligibility, http, live, tokens) knows none of them; app.ts puts them together',
      severity: 'error',
      from: { path: '^api/([^/]+\\.ts$|(eligibility|http|live|tokens)/)', pathNot: '^api/app\\.ts$' },
      to: { path: '^api/[^/]+/', pathNot: '^api/(eligibility|http|live|tokens)/' },
    },
    {
      name: 'product-not-tests',
      comment: 'the product does not import its tests or scripts',
      severity: 'error',
      from: { path: anyRoom },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-cycles',
      comment: 'two modules that need each other are one module, or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere is not checked by the other rules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}

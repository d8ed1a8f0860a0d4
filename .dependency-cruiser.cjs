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

/** What the files of a room may import of other rooms; `types` of these only as types. */
const allowed = {
  domain: {},
  catalogue: { code: ['domain/', 'db/', 'providers/registry\\.ts$'] },
  platform: { code: ['domain/'] },
  db: { code: ['domain/', 'platform/'] },
  activities: { code: ['domain/', 'providers/', 'db/', 'platform/'] },
  workflows: { code: ['domain/'], types: ['activities/'] },
  workers: { code: ['domain/', 'workflows/', 'activities/', 'providers/', 'db/', 'platform/'] },
  cli: { code: ['domain/', 'workflows/', 'activities/', 'providers/', 'db/', 'platform/'] },
  api: {
    code: ['domain/', 'catalogue/', 'web/', 'db/', 'platform/', 'workflows/messages(\\.ts$|/)', 'providers/[^/]+\\.ts$'],
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
      comment: 'a provider folder may import domain and the shared files of providers/, never a sibling, db, api or Temporal',
      severity: 'error',
      from: { path: '^providers/([^/]+)/' },
      to: {
        path: anyRoom,
        pathNot: ['^domain/', '^providers/$1/', '^providers/[^/]+\\.ts$'],
      },
    },
    {
      name: 'provider-not-registry',
      comment: 'the registry knows the providers, not the other way round',
      severity: 'error',
      from: { path: '^providers/[^/]+/' },
      to: { path: '^providers/registry\\.ts$' },
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
      from: { path: '^(?!providers/(registry|connection-schemas)\\.ts$|providers/[^/]+/)' },
      to: { path: '^providers/[^/]+/' },
    },
    {
      name: 'provider-packages',
      comment: 'a provider folder may import zod and node:crypto',
      severity: 'error',
      from: { path: '^providers/[^/]+/' },
      to: { ...packages, pathNot: '(^|/)node_modules/(@types/)?zod/' },
    },
    {
      name: 'provider-built-ins',
      comment: 'a provider folder may import zod and node:crypto',
      severity: 'error',
      from: { path: '^providers/[^/]+/' },
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

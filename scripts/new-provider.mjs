/**
 * `npm run new-provider -- NAME`: generates an adapter, its sandbox file, its JSON cases and its page, adds its one line to the
 * registry and mounts it in the sandbox. The generated code works and passes its tests: a provider that lists surveys,
 * takes respondents by a link and sends them back signed. Then change it, case by case, to what the provider documents.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkout } from './checkout.mjs'
import { exemplary, supplemental } from './new-provider/cases.mjs'
import { Failure, runCommand, say } from './report.mjs'

const templates = fileURLToPath(new URL('./new-provider/', import.meta.url))

/** Template -> the generated file. */
const FILES = (name) => ({
  ...Object.fromEntries(
    fs.readdirSync(path.join(templates, 'provider')).map((file) => {
      return [`provider/${file}`, `providers/${name}/${file.replace(/\.tmpl$/, '')}`]
    }),
  ),
  'test/page.ts.tmpl': `test/providers/${name}/page.ts`,
  'test/suite.ts.tmpl': `test/providers/${name}/suite.ts`,
  'test/contract.test.ts.tmpl': `test/providers/${name}/${name}.test.ts`,
  'sandbox.ts.tmpl': `sandbox/${name}.ts`,
  'sandbox.test.ts.tmpl': `test/sandbox/${name}.test.ts`,
  'page.md.tmpl': `docs/providers/${name}.md`,
})

await runCommand(async () => {
  const [name, ...rest] = process.argv.slice(2)
  if (name === undefined || rest.length > 0 || !/^[a-z][a-z0-9]{1,30}$/.test(name))
    throw new Failure('the name of a provider has lower-case letters and digits only: npm run new-provider -- cint')
  const inside = (file) => path.join(checkout, file)
  const files = Object.entries(FILES(name)).map(([template, file]) => ({ template, file }))
  const cases = [
    ...Object.entries(exemplary(name)).map(([title, one]) => ({ file: `exemplary/${title}.json`, one })),
    ...Object.entries(supplemental()).map(([title, one]) => ({ file: `supplemental/${title}.json`, one })),
  ].map(({ file, one }) => ({ file: `test/providers/${name}/${file}`, one }))

  const taken = [...files, ...cases].map(({ file }) => file).filter((file) => fs.existsSync(inside(file)))
  if (taken.length > 0) throw new Failure(`${taken[0]} already exists: choose another name, or remove it first`)
  // compute everything before writing, so that a failure leaves no partial result
  const shared = sharedLines(name, inside)

  for (const { template, file } of files)
    write(inside(file), filled(fs.readFileSync(path.join(templates, template), 'utf8'), name))
  for (const { file, one } of cases) write(inside(file), `${JSON.stringify(one, null, 2)}\n`)
  for (const { file, text } of shared) fs.writeFileSync(inside(file), text)
  format([...files, ...shared].map(({ file }) => file).filter((file) => file.endsWith('.ts')))

  say(
    `  ok  ${files.length} files and ${cases.length} cases of ${name}, its line in providers/registry.ts, its place in the sandbox`,
  )
  say(`  ..  npx tsc --noEmit && npx vitest run test/providers/${name} test/sandbox/${name}.test.ts`)
  say(`  ..  docs/providers/${name}.md says where to begin; the sandbox serves it at /${name} from its next start`)
})

/** The edited shared files: the provider's line in the registry, its route in the sandbox. */
function sharedLines(name, inside) {
  const edit = (file, change) => ({ file, text: change(fs.readFileSync(inside(file), 'utf8'), file) })
  return [
    edit('providers/registry.ts', (text, file) => {
      const line = `export { ${name} } from './${name}/index.js'`
      return replaced(text, file, /(?:^export \{ \w+ \} from '.*'\n)+/m, (lines) =>
        [...lines.trimEnd().split('\n'), line].sort().concat('').join('\n'),
      )
    }),
    edit('sandbox/server.ts', (text, file) =>
      replaced(text, file, /^( *)app\.use\('\/_sandbox', createAdmin\(/m, `$1${mounted(name)}\n$&`).replace(
        /\n(?=import )/,
        `\nimport { create${titled(name)} } from './${name}.js'\n`,
      ),
    ),
  ]
}

/** The line that mounts it. Respondents go back to the connection that its page configures. */
function mounted(name) {
  const own = `url: () => \`\${url()}/${name}\``
  const back = `returnUrl: () => \`\${publicUrl()}/returns/${name}-sandbox\``
  return `app.use('/${name}', create${titled(name)}({ ${own}, ${back} }))`
}

function titled(name) {
  return `${name[0].toUpperCase()}${name.slice(1)}`
}

function replaced(text, file, pattern, by) {
  if (!pattern.test(text)) throw new Failure(`${file} does not look as expected: add the provider there by hand`)
  return text.replace(pattern, by)
}

function filled(template, name) {
  return template
    .replaceAll('__NAME__', name.toUpperCase())
    .replaceAll('__Name__', titled(name))
    .replaceAll('__name__', name)
}

function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
}

/** Formats the files, because line breaks and the order of imports depend on the length of the name. */
function format(files) {
  const biome = path.join(checkout, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'check', '--write', ...files], {
    cwd: checkout,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Failure(`biome refuses the generated files:\n${stdout}${stderr}`)
}

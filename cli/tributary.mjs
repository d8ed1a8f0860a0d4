#!/usr/bin/env node
// `npx tributary …`: teaches Node to read TypeScript, then hands over.
let register
try {
  ;({ register } = await import('tsx/esm/api'))
} catch {
  console.error('tributary: the dependencies are not installed; run npm ci in the checkout first')
  process.exit(1)
}
register()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))

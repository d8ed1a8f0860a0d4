#!/usr/bin/env node
// `npx tributary …`: lets Node.js load TypeScript, then runs the command.
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

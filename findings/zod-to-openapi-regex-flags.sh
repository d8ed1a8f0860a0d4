#!/usr/bin/env bash
# @asteasolutions/zod-to-openapi 9.1.0 with zod 4.6.7.
#
# A regular expression with a flag becomes a `pattern` that still ends in the slash and the flag: /^\p{L}+$/u is written
# as "^\p{L}+$/u". JSON Schema reads that as text after the end of the value, so the pattern matches nothing and
# validators refuse every valid example. zod's own z.toJSONSchema writes the source alone.
#
# What follows: give schemas that are published expressions without flags, or write the pattern by hand.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @asteasolutions/zod-to-openapi@9.1.0 zod@4.6.7
cat >run.mjs <<'JS'
import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
extendZodWithOpenApi(z)
const registry = new OpenAPIRegistry()
registry.register('Name', z.object({ name: z.string().regex(/^\p{L}+$/u) }))
const generated = new OpenApiGeneratorV31(registry.definitions).generateComponents()
const pattern = generated.components.schemas.Name.properties.name.pattern
const own = z.toJSONSchema(z.string().regex(/^\p{L}+$/u)).pattern
console.log(`generator: ${pattern}   zod itself: ${own}   matches "Ann": ${new RegExp(pattern, 'u').test('Ann')}`)
process.exit(pattern === '^\\p{L}+$/u' && own === '^\\p{L}+$' ? 0 : 1)
JS
node run.mjs || { echo 'the behaviour has changed'; exit 1; }

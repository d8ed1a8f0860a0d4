#!/usr/bin/env bash
# i18n-iso-countries 7.14.0.
#
# Kosovo's alpha-3 code is XKK there. The code that everybody exchanges (World Bank, IMF, the European Commission, CLDR)
# is XKX, and the package does not know it: XKX is no valid code and has no alpha-2, while XK becomes XKK.
#
# What follows: data that was converted by the package and data that arrives from outside never meet; bridge the pair.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund i18n-iso-countries@7.14.0
cat >run.cjs <<'JS'
const countries = require('i18n-iso-countries')
const seen = [countries.alpha2ToAlpha3('XK'), countries.isValid('XKX'), countries.alpha3ToAlpha2('XKX'), countries.alpha3ToAlpha2('XKK')]
console.log(`XK -> ${seen[0]}; XKX valid: ${seen[1]}; XKX -> ${seen[2]}; XKK -> ${seen[3]}`)
process.exit(JSON.stringify(seen) === JSON.stringify(['XKK', false, undefined, 'XK']) ? 0 : 1)
JS
node run.cjs || { echo 'the behaviour has changed'; exit 1; }

#!/usr/bin/env bash
# Node.js 20.20.0 (ICU 77.1, CLDR 47) and 20.20.2 (ICU 78.2, CLDR 48), from the npm package `node`.
#
# Intl.NumberFormat's digits of a currency are CLDR's, not ISO 4217's, and they changed inside one patch series of an LTS
# line: COP, HUF, IDR and PKR went from 2 to 0, RSD from 0 to 2. IQD has 0 in both (ISO 4217: 3). A program that takes
# its minor units from there reads "3.75 COP" as 375 on one machine and as 4 on the next.
#
# What follows: the scale of stored money needs a table of its own.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for version in 20.20.0 20.20.2; do
  mkdir "$version"
  (cd "$version" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund --foreground-scripts=false "node@$version")
done
cat >run.js <<'JS'
const digits = (currency) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
console.log(['COP', 'HUF', 'IDR', 'PKR', 'RSD', 'IQD', 'KWD', 'JPY'].map((code) => `${code}${digits(code)}`).join(' '))
JS
older="$(20.20.0/node_modules/.bin/node run.js)"
newer="$(20.20.2/node_modules/.bin/node run.js)"
echo "20.20.0: $older"
echo "20.20.2: $newer"
[ "$older" = 'COP2 HUF2 IDR2 PKR2 RSD0 IQD0 KWD3 JPY0' ] && [ "$newer" = 'COP0 HUF0 IDR0 PKR0 RSD2 IQD0 KWD3 JPY0' ] ||
  { echo 'the behaviour has changed'; exit 1; }

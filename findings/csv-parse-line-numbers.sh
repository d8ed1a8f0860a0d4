#!/usr/bin/env bash
# csv-parse 7.0.3.
#
# A CRLF inside quotes counts as two lines. In a file whose second record holds one such line break, the short record
# after it stands on line 4 for every editor; the parser reports line 5. Each further break adds one more.
#
# What follows: a row-numbered error list for people needs a count of its own.
set -euo pipefail
dir="$(mktemp -d)"
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund csv-parse@7.0.3
cat >run.mjs <<'JS'
import { parse } from 'csv-parse/sync'
const lineOfError = (text) => {
  try {
    parse(text)
    return null
  } catch (error) {
    return error.lines
  }
}
// reference,note / "r1" with a two-line note / a record that lacks its note
const crlf = lineOfError('reference,note\r\nr1,"first\r\nsecond"\r\nr2\r\n')
const lf = lineOfError('reference,note\nr1,"first\nsecond"\nr2\n')
console.log(`line of the short record: CRLF ${crlf}, LF ${lf} (an editor says 4)`)
process.exit(crlf === 5 && lf === 4 ? 0 : 1)
JS
node run.mjs || { echo 'the behaviour has changed'; exit 1; }

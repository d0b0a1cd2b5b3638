#!/usr/bin/env bash
# Builds a Go program that only tests need into .venv, unless it is there: its authors publish it as
# a Go module, and as a binary only where not every machine can fetch from.
#
#   scripts/go-program.sh actionlint | act
#
# Exit status: 0 it is there; 2 it cannot be built here. Without Go, and where nobody relies on the
# outcome as continuous integration does, static checks go on without it: 0 then, and one line.
set -euo pipefail

cd "$(dirname "$0")/.."
name=$1
case $name in
  actionlint) module=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 ;;
  act) module=github.com/nektos/act@v0.2.89 ;;
  *)
    echo "go-program: there is no program $name" >&2
    exit 2
    ;;
esac
program=.venv/bin/$name
stamp=.venv/.go-$name

if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$module" ]; then exit 0; fi
rm -f "$program"
if ! command -v go >/dev/null 2>&1; then
  echo "go-program: no Go here, and so no $name; it needs Go 1.25 or newer in the PATH" >&2
  [ "$name" = actionlint ] && [ -z "${CI:-}" ] || exit 2
  exit 0
fi
echo "go-program: building $name (once, about half a minute)"
GOBIN=$PWD/.venv/bin GOFLAGS=-mod=mod go install "$module" || {
  echo "go-program: $module cannot be built here; the lines above say why" >&2
  exit 2
}
echo "$module" >"$stamp"

#!/usr/bin/env bash
# Builds a Go program that only tests need into .venv, unless it is there. Its authors publish it as a
# Go module; their binaries are on a host that not every machine can reach.
#
#   scripts/go-program.sh actionlint | act
#
# Exit status: 0 it is there; 2 it cannot be built here. Without Go, static checks outside continuous
# integration continue without actionlint: status 0 and one line.
set -euo pipefail

unset CDPATH # cd would look for the folder there first
cd "$(dirname "$0")/.."
name=$1
case $name in
  actionlint) module=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 ;;
  act) module=github.com/nektos/act@v0.2.89 ;;
  *)
    echo "go-program: unknown program $name; use actionlint or act" >&2
    exit 2
    ;;
esac
program=.venv/bin/$name
stamp=.venv/.go-$name

if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$module" ]; then exit 0; fi
rm -f "$program"
if ! command -v go >/dev/null 2>&1; then
  echo "go-program: Go is missing, so $name cannot be built; install Go 1.25 or newer in the PATH" >&2
  [ "$name" = actionlint ] && [ -z "${CI:-}" ] || exit 2
  exit 0
fi
echo "go-program: building $name (once, about half a minute)"
GOBIN=$PWD/.venv/bin GOFLAGS=-mod=mod go install "$module" || {
  echo "go-program: $module cannot be built; the lines above give the reason" >&2
  exit 2
}
echo "$module" >"$stamp"

#!/usr/bin/env bash
# What only `make test-full` needs beside scripts/bootstrap.sh: an image registry, which a test
# starts on the loopback interface. Debian and Ubuntu package one; only its program is taken out of
# the package, into .venv, so that nothing is installed or started on this machine.
#
# Exit status: 0 ready; 2 it is missing and cannot be had here.
set -euo pipefail

cd "$(dirname "$0")/.."
program=.venv/bin/docker-registry

say() { echo "bootstrap-tests: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

if [ -x "$program" ] || have docker-registry; then exit 0; fi
refuse() {
  echo "bootstrap-tests: $1; install docker-registry, so that it is in the PATH" >&2
  exit 2
}
[ "${LEVELBENCH_INSTALL:-1}" != 0 ] || refuse "LEVELBENCH_INSTALL=0 forbids installing"
have apt-get || refuse "no registry is packaged here"

say "taking docker-registry out of its package, into .venv"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(
  cd "$work"
  if ! apt-cache show docker-registry >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
  fi
  apt-get -o APT::Sandbox::User=root download -qq docker-registry
  dpkg-deb --extract docker-registry_*.deb extracted
) || refuse "its package cannot be had"
install -m 755 "$work/extracted/usr/bin/docker-registry" "$program"

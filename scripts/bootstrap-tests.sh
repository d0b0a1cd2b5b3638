#!/usr/bin/env bash
# Installs what only `make test-full` and `make browser` need, in addition to scripts/bootstrap.sh:
#
#   registry   an image registry, which a test starts on the loopback interface. Debian and Ubuntu
#              package one; only its program is extracted from the package, into .venv, so that
#              nothing is installed or started on this machine.
#   browser    Chromium, which opens reports: Debian's package, because it includes the libraries.
#
# Without an argument it installs both. LEVELBENCH_INSTALL=0: never install anything.
# Exit status: 0 ready; 2 something is missing and cannot be installed here.
set -euo pipefail

unset CDPATH # cd would look for the folder there first
cd "$(dirname "$0")/.."
registry=.venv/bin/docker-registry

say() { echo "bootstrap-tests: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
refuse() { # cause, package to install by hand
  echo "bootstrap-tests: $1; install $2 so that it is in the PATH" >&2
  exit 2
}
require_leave() { # package to install by hand
  [ "${LEVELBENCH_INSTALL:-1}" != 0 ] || refuse "LEVELBENCH_INSTALL=0 forbids installing" "$1"
  have apt-get || refuse "this system has no apt-get" "$1"
}
require_packaged() {
  apt-cache show "$1" >/dev/null 2>&1 || as_root apt-get update -qq
}

take_registry() {
  if [ -x "$registry" ] || have docker-registry; then return; fi
  require_leave docker-registry
  say "extracting docker-registry from its package into .venv"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  require_packaged docker-registry
  (
    cd "$work"
    apt-get -o APT::Sandbox::User=root download -qq docker-registry
    dpkg-deb --extract docker-registry_*.deb extracted
  ) || refuse "its package cannot be downloaded" docker-registry
  install -m 755 "$work/extracted/usr/bin/docker-registry" "$registry"
}

install_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if have "$name"; then return; fi
  done
  require_leave chromium
  say "installing chromium"
  require_packaged chromium
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
    chromium >/dev/null || refuse "its package cannot be installed" chromium
}

case ${1:-all} in
  registry) take_registry ;;
  browser) install_browser ;;
  all) take_registry; install_browser ;;
  *) echo "bootstrap-tests: unknown argument '$1'; use registry or browser" >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# Installs what the lab needs on this machine: a container engine, its compose and buildx plugins, and
# a Python environment with the harness. Prints what is missing and what it does. If nothing is
# missing, it ends within a second.
#
#   LEVELBENCH_INSTALL=0   never install or start anything: print the commands instead
#
# Exit status: 0 ready; 2 something is missing that this script may not or cannot install.
set -euo pipefail

cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.levelbench-requirements
engine_log=/var/log/levelbench-dockerd.log

say() { echo "bootstrap: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# Each missing thing adds its name and the commands that install it; nothing runs before the list is
# complete.
missing=()
commands=()
need() { missing+=("$1"); shift; commands+=("$@"); }

# --- what is installed ---------------------------------------------------------------------------

os_id=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null || true)
is_debian() { [ "$os_id" = debian ] || [ "$os_id" = ubuntu ]; }

sudo=''
if [ "$(id -u)" != 0 ]; then sudo='sudo '; fi

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
plugin_answers() { docker "$1" version >/dev/null 2>&1; }
venv_is_current() {
  [ -x "$venv/bin/levelbench" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ]
}
fingerprint() { cat requirements.lock pyproject.toml "$(command -v python3)" 2>/dev/null | cksum; }

find_python() {
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$candidate"
      return
    fi
  done
}

packages=()
if ! engine_answers; then
  if ! have dockerd; then
    if is_debian; then packages+=(docker.io iptables); fi
    need "a container engine" "${sudo}apt-get install --yes --no-install-recommends docker.io iptables"
  fi
  if [ -d /run/systemd/system ]; then
    need "a running engine" "${sudo}systemctl start docker"
  else
    need "a running engine" "${sudo}sh -c 'setsid dockerd >$engine_log 2>&1 </dev/null &'"
  fi
fi
for plugin in compose buildx; do
  plugin_answers "$plugin" || need "docker $plugin" "${sudo}$0 --plugin $plugin"
done
# With a new engine, images may have to be built without a registry as well.
if [ ${#missing[@]} != 0 ] && is_debian && ! have debootstrap; then
  packages+=(debootstrap)
  need "debootstrap (for stand-in images)" "${sudo}apt-get install --yes --no-install-recommends debootstrap"
fi
have make || { packages+=(make); need make "${sudo}apt-get install --yes make"; }

python=$(find_python)
if [ -z "$python" ]; then
  need "Python 3.11 or newer" "${sudo}apt-get install --yes python3 python3-venv"
  packages+=(python3 python3-venv)
elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  need "Python's venv module" "${sudo}apt-get install --yes python3-venv"
  packages+=(python3-venv)
fi
venv_is_current || need "the harness in $venv" \
  "${python:-python3} -m venv $venv" \
  "$venv/bin/pip install --require-hashes --requirement requirements.lock" \
  "$venv/bin/pip install --no-build-isolation --no-deps --editable ."

# --- how to install each -------------------------------------------------------------------

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

updated=
update_lists() {
  [ -n "$updated" ] || as_root apt-get update -qq
  updated=1
}

apt_install() {
  say "installing $*"
  update_lists
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
}

is_packaged() { apt-cache show "$1" >/dev/null 2>&1; }

# A killed engine leaves its pid files; other processes may have these numbers by now.
forget_killed_engine() {
  local file pid
  for file in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      dockerd | containerd) ;;
      *) as_root rm -f "$file" ;;
    esac
  done
}

start_engine() {
  engine_answers && return
  say "starting the container engine"
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker
  else
    forget_killed_engine
    as_root sh -c "setsid dockerd >$engine_log 2>&1 </dev/null &"
  fi
  for _ in $(seq 100); do
    engine_answers && return
    sleep 0.2
  done
  echo "bootstrap: the engine did not start within 20 s; read $engine_log" >&2
  exit 2
}

# Ubuntu and Debian 13 package both plugins; older Debian does not (its docker-compose is version 1,
# a different program). There the packages of Debian 13 are downloaded from the mirror that this host
# already uses, and only the two programs are extracted.
install_plugin() {
  local plugin=$1 name
  update_lists
  for name in "docker-$plugin-v2" "docker-$plugin"; do
    if is_packaged "$name" && ! apt-cache show "$name" | grep -q '^Version: 1\.'; then
      apt_install "$name"
      plugin_answers "$plugin" && return
    fi
  done
  say "installing docker $plugin from Debian 13's package"
  local work mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  work=$(mktemp -d)
  # shellcheck disable=SC2016  # the placeholders are apt's, not the shell's
  mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' 'Created-By: Packages' |
    awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
  if [ -z "$mirror" ]; then
    echo "bootstrap: this system has no package of docker $plugin; install it as its documentation describes" >&2
    exit 2
  fi
  echo "deb [signed-by=$keyring] $mirror trixie main" >"$work/sources.list"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  local options=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  (
    cd "$work"
    apt-get "${options[@]}" update -qq
    apt-get "${options[@]}" download -qq "docker-$plugin"
    dpkg-deb --extract docker-"$plugin"_*.deb extracted
  )
  as_root install -D --mode 755 "$work/extracted/usr/libexec/docker/cli-plugins/docker-$plugin" \
    "/usr/local/lib/docker/cli-plugins/docker-$plugin"
  rm -rf "$work"
}

install_harness() {
  say "installing the harness into $venv (about a minute)"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
  fingerprint >"$stamp"
}

if [ "${1:-}" = --plugin ]; then
  install_plugin "$2"
  exit
fi

# --- install, or print how ---------------------------------------------------------------------

if [ ${#missing[@]} = 0 ]; then exit 0; fi

say "missing: $(printf '%s; ' "${missing[@]}" | sed 's/; $//')"
refuse() {
  echo "bootstrap: $1. The commands:" >&2
  printf '  %s\n' "${commands[@]}" >&2
  exit 2
}

# The environment belongs to the checkout and needs no confirmation; the rest changes the machine.
if [ "${#missing[@]}" = 1 ] && [ "${missing[0]}" = "the harness in $venv" ]; then
  [ "${LEVELBENCH_INSTALL:-1}" != 0 ] || refuse "LEVELBENCH_INSTALL=0 forbids installing"
  install_harness
  exit
fi
[ "${LEVELBENCH_INSTALL:-1}" != 0 ] || refuse "LEVELBENCH_INSTALL=0 forbids installing"
is_debian || refuse "only Debian and Ubuntu are set up automatically"
[ "$(id -u)" = 0 ] || have sudo || refuse "this needs root, or sudo"
if [ -t 0 ] && [ -t 1 ]; then
  printf 'Commands to run:\n'
  printf '  %s\n' "${commands[@]}"
  read -r -p 'Continue? [y/N] ' answer
  case $answer in
    y | Y | yes) ;;
    *) refuse "not installed" ;;
  esac
fi

[ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
# Debian 13 packages the client separately.
have docker || apt_install docker-cli
start_engine
for plugin in compose buildx; do
  plugin_answers "$plugin" || install_plugin "$plugin"
done
python=$(find_python)
venv_is_current || install_harness
say "ready"

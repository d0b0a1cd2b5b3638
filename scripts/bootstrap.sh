#!/usr/bin/env bash
# Installs what the lab needs on this machine: a container engine, its compose and buildx plugins, and
# a Python environment with the harness. Prints what is missing and what it does. If nothing is
# missing, it ends within a second.
#
#   --harness              only the Python environment: no engine is needed or asked
#   LEVELBENCH_INSTALL=0   never install or start anything: print the commands instead
#
# The engine is the one that the docker client uses: where DOCKER_HOST or a context names another one,
# nothing is installed or started here.
#
# Exit status: 0 ready; 2 something is missing that this script may not or cannot install.
set -euo pipefail

unset CDPATH # cd would look for the folder there first
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.levelbench-requirements
engine_log=/var/log/levelbench-dockerd.log

say() { echo "bootstrap: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
stop() { # cause and remedy
  echo "bootstrap: $*" >&2
  exit 2
}
only_harness=
if [ "${1:-}" = --harness ]; then only_harness=1; fi

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

# How the engine is: it answers, this user may not use it, it is too old for the client, or silent.
engine_state() {
  local words=(docker version --format '{{.Server.Version}}') said
  if have timeout; then words=(timeout 20 "${words[@]}"); fi
  if said=$("${words[@]}" 2>&1); then
    echo answers
    return
  fi
  case $said in
    *"ermission denied"*) echo denied ;;
    *"is too new"* | *"is too old"*) echo old ;;
    *) echo silent ;;
  esac
}
# What names an engine that is not the one of this machine; empty where nothing does.
named_engine() {
  local context
  if [ -n "${DOCKER_HOST:-}" ]; then
    echo "DOCKER_HOST=$DOCKER_HOST"
  elif [ -n "${DOCKER_CONTEXT:-}" ] && [ "$DOCKER_CONTEXT" != default ]; then
    echo "DOCKER_CONTEXT=$DOCKER_CONTEXT"
  elif context=$(docker context inspect --format '{{.Name}}' 2>/dev/null) && [ "$context" != default ]; then
    echo "the docker context $context"
  fi
}

fingerprint() { cat requirements.lock pyproject.toml | cksum; }
# Its interpreter runs, and the harness that it imports is this checkout's: not that of another one
# from which it was copied or moved.
venv_is_usable() {
  "$venv/bin/python" -I -c '
import os, sys, levelbench
here = os.path.samefile(levelbench.__path__[0], "scripts/levelbench")
sys.exit(sys.version_info < (3, 11) or not here)' 2>/dev/null
}
venv_is_current() {
  [ -x "$venv/bin/levelbench" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(fingerprint)" ] && venv_is_usable
}

find_python() {
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if have "$candidate" && "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$candidate"
      return
    fi
  done
}

packages=()
if [ -z "$only_harness" ]; then
  state=silent
  if have docker; then state=$(engine_state); fi
  engine=$(named_engine)
  case $state in
    denied)
      stop "the container engine may not be used by $(id -un). Run \`sudo usermod --append --groups" \
        "docker $(id -un)\`, then log in again."
      ;;
    old)
      stop "the docker client and the container engine are of versions that do not fit." \
        "\`docker version\` shows both; install a newer version of the older one."
      ;;
    silent)
      if [ -n "$engine" ]; then
        stop "no container engine answers at $engine. \`docker info\` must succeed. For the engine of" \
          "this machine: \`unset DOCKER_HOST DOCKER_CONTEXT; docker context use default\`."
      fi
      if ! have dockerd; then
        if is_debian; then packages+=(docker.io iptables); fi
        need "a container engine" "${sudo}apt-get install --yes --no-install-recommends docker.io iptables"
      fi
      if [ -d /run/systemd/system ]; then
        need "a running engine" "${sudo}systemctl start docker"
      else
        need "a running engine" "${sudo}sh -c 'setsid dockerd >$engine_log 2>&1 </dev/null &'"
      fi
      ;;
  esac
  for plugin in compose buildx; do
    plugin_answers "$plugin" || need "docker $plugin" "${sudo}bash $0 --plugin $plugin"
  done
  # With a new engine, images may have to be built without a registry as well.
  if [ ${#missing[@]} != 0 ] && is_debian && ! have debootstrap; then
    packages+=(debootstrap)
    need "debootstrap (for stand-in images)" "${sudo}apt-get install --yes --no-install-recommends debootstrap"
  fi
fi
have make || { packages+=(make); need make "${sudo}apt-get install --yes make"; }

python=
if ! venv_is_current; then
  for path in . "$venv"; do
    if [ -e "$path" ] && ! [ -w "$path" ]; then
      stop "$path cannot be written by $(id -un): $(stat -c %U "$path" 2>/dev/null || echo another) owns" \
        "it. Run \`sudo chown -R $(id -un) '$PWD'\`."
    fi
  done
  if ! venv_is_usable; then
    python=$(find_python)
    if [ -z "$python" ]; then
      need "Python 3.11 or newer" "${sudo}apt-get install --yes python3 python3-venv"
      packages+=(python3 python3-venv)
    elif ! "$python" -I -c 'import ensurepip, venv' >/dev/null 2>&1; then
      need "Python's venv module" "${sudo}apt-get install --yes python3-venv"
      packages+=(python3-venv)
    fi
  fi
  need "the harness in $venv" \
    "rm -rf $venv && ${python:-python3} -m venv $venv" \
    "$venv/bin/pip install --require-hashes --requirement requirements.lock" \
    "$venv/bin/pip install --no-build-isolation --no-deps --editable ."
fi

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

# Where packages come from, as the user has configured pip: NAME=value, each ended by a NUL.
pip_sources() {
  "$venv/bin/python" -I -m pip --disable-pip-version-check config list 2>/dev/null |
    "$venv/bin/python" -I -c '
import ast, sys
kept = ("index-url", "extra-index-url", "no-index", "find-links", "trusted-host", "cert",
        "client-cert", "proxy", "timeout", "retries", "cache-dir")
found = [line.rstrip("\n").partition("=") for line in sys.stdin]
for section in ("global", "install", ":env:"):  # the last one counts
    for key, _, value in found:
        where, _, name = key.rpartition(".")
        if where == section and name in kept:
            print("PIP_" + name.upper().replace("-", "_"), ast.literal_eval(value), sep="=", end="\0")
'
}

# Nothing else of the user counts: options such as `user` or `target` are for other environments.
pip_install() (
  sources=$(mktemp)
  pip_sources >"$sources" || true
  for name in $(compgen -e PIP_); do unset "$name"; done
  while IFS= read -r -d '' setting; do export "${setting?}"; done <"$sources"
  rm -f "$sources"
  export PIP_CONFIG_FILE=/dev/null
  exec "$venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "$@"
)

install_harness() {
  say "installing the harness into $venv (about a minute)"
  if ! venv_is_usable; then
    rm -rf "$venv" # of a link to another checkout's, only the link
    "$python" -I -m venv "$venv" || stop "$python cannot make $venv; the lines above give the reason"
  fi
  rm -f "$stamp"
  if ! pip_install --require-hashes --requirement requirements.lock ||
    ! pip_install --no-build-isolation --no-deps --editable .; then
    stop "the packages of requirements.lock cannot be installed; the lines above give the reason"
  fi
  fingerprint >"$stamp"
}

# For the first run, which records how long each of its phases took (bench/forecast.py).
took() { echo "$SECONDS" >"$venv/.levelbench-setup-seconds"; }

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
  took
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
if [ -z "$only_harness" ]; then
  # Debian 13 packages the client separately.
  have docker || apt_install docker-cli
  start_engine
  for plugin in compose buildx; do
    plugin_answers "$plugin" || install_plugin "$plugin"
  done
fi
python=$(find_python)
venv_is_current || install_harness
took
say "ready"

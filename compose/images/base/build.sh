#!/usr/bin/env bash
# Builds the Debian 13 base that every stand-in image starts from, with debootstrap and without
# an image registry. Package sources, certificate authorities and the pip index are the host's
# own: nothing in this repository names a mirror.
#
# Usage: build.sh IMAGE        (root, or a user who may use sudo)
set -euo pipefail

image=${1:?usage: build.sh IMAGE}
suite=trixie

fail() { echo "base image: $*" >&2; exit 2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

command -v debootstrap >/dev/null || fail "debootstrap is missing; install it: sudo apt-get install debootstrap"

# Where the host itself gets Debian from: SITE is the URI of a configured source.
# shellcheck disable=SC2016  # the placeholders are apt's, not the shell's
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' 'Created-By: Packages' 2>/dev/null \
  | awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')}
[ -n "$mirror" ] || fail "no Debian package source is configured on this host; name one: DEBIAN_MIRROR=<URI>"

work=$(mktemp -d)
root=$work/rootfs
trap 'as_root rm -rf "$work"' EXIT
mkdir "$root"
# As in Debian's official images: no package is synchronised to the disk, none is kept after its
# installation.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d" "$root/etc/apt/apt.conf.d"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'END'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END

echo "base image: debootstrap $suite (about a minute)"
if ! as_root debootstrap --variant=minbase \
    --include=ca-certificates "$suite" "$root" "$mirror" \
    >"$work/debootstrap.log" 2>&1; then
  tail -n 5 "$work/debootstrap.log" >&2
  fail "debootstrap failed (the lines above are its last words)"
fi

# What the host trusts, the base trusts: a network with its own authority stays usable.
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
  as_root cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
fi
as_root chroot "$root" update-ca-certificates >/dev/null

index_url=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
if [ -n "$index_url" ]; then
  printf '[global]\nindex-url = %s\n' "$index_url" | as_root tee "$root/etc/pip.conf" >/dev/null
fi

as_root rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb "$root"/var/log/*.log
bundle=/etc/ssl/certs/ca-certificates.crt
as_root tar -C "$root" -c . | docker import \
  --change "ENV LANG=C.UTF-8 SSL_CERT_FILE=$bundle PIP_CERT=$bundle" \
  --change 'LABEL io.levelbench=standin' \
  --change 'CMD ["bash"]' - "$image" >/dev/null
echo "base image: $image is ready"

#!/usr/bin/env bash
# First start: make the cluster, the user and the database that the environment names.
# Every start: run the command given.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  # POSTGRES_INITDB_ARGS is a list of words, as in the official image.
  # shellcheck disable=SC2086
  initdb --username="$user" --auth-host=scram-sha-256 --auth-local=trust \
    --pwfile=<(printf '%s' "${POSTGRES_PASSWORD:?}") ${POSTGRES_INITDB_ARGS:-} >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  database=${POSTGRES_DB:-$user}
  if [ "$database" != postgres ]; then
    echo "CREATE DATABASE \"$database\"" | postgres --single -D "$PGDATA" postgres >/dev/null
  fi
fi
# A first argument that is an option is one of the server's.
[ "${1:0:1}" != - ] || set -- postgres "$@"
exec "$@"

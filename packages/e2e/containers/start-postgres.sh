#!/bin/sh
# What the official image does, as far as a test needs it: a database of its own on the first start, then the server.
set -eu
data=/var/lib/postgresql/18/docker
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"; chown -R 999:999 /var/lib/postgresql; chmod 700 "$data"
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password; chown 999 /tmp/password
  setpriv --reuid 999 --regid 999 --clear-groups initdb --pgdata "$data" --username "$POSTGRES_USER" --pwfile /tmp/password --auth scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  rm /tmp/password
  printf 'host all all all scram-sha-256\n' >> "$data/pg_hba.conf"
  printf 'CREATE DATABASE "%s";\n' "$POSTGRES_DB" | setpriv --reuid 999 --regid 999 --clear-groups postgres --single -D "$data" postgres > /dev/null
fi
exec setpriv --reuid 999 --regid 999 --clear-groups postgres -D "$data" -c listen_addresses='*' -k /tmp

#!/usr/bin/env bash
# Brings every service to the images of TAG, one instance at a time: a new one is started beside the old, waited for until
# it is ready, then an old one is told to stop. If one does not become ready, everything goes back to the tag that ran
# before. PostgreSQL and Redis are started if need be, and never replaced.
#
#   TAG=<commit> REGISTRY=ghcr.io/<owner>/<repository> infra/deploy.sh [--pull]
#
# --pull       fetches the images first: what cannot be fetched stops nothing that runs
# COMPOSE      the compose program                        docker compose
# ENGINE       the container program                      docker
# ENV_FILE     a file of variables for the compose files  infra/.env, if there is one
# READY_SECONDS how long a new instance may take          60
set -euo pipefail
cd "$(dirname "$0")/.."

compose_program=${COMPOSE:-docker compose}
engine=${ENGINE:-docker}
env_file=${ENV_FILE:-infra/.env}
ready_seconds=${READY_SECONDS:-60}
stop_seconds=30
export TAG=${TAG:?the tag of the images, such as a commit}
# Readers of the log after its writers' keys, the gateway after what it asks, the origin last.
services=(chat-auth chat-history chat-ws web)

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }

compose() {
  local env=()
  [ ! -f "$env_file" ] || env=(--env-file "$env_file")
  $compose_program "${env[@]}" -f infra/docker-compose.base.yml -f infra/docker-compose.prod.yml "$@"
}

containers() { compose ps --quiet "$1" | sort; }
tag_of() { local image; image=$($engine inspect --format '{{.Config.Image}}' "$1"); printf '%s' "${image##*:}"; }

# Ready is what the service itself says; nginx is once it has taken its configuration.
is_ready() {
  case $2 in
    web) $engine exec "$1" /etc/parley/healthcheck.sh ;;
    *) $engine exec "$1" node -e 'fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' ;;
  esac > /dev/null 2>&1
}

wait_ready() {
  local until=$((SECONDS + ready_seconds))
  while [ $SECONDS -lt $until ]; do
    is_ready "$1" "$2" && return 0
    sleep 1
  done
  return 1
}

remove() {
  $engine stop --time "$stop_seconds" "$1" > /dev/null
  $engine rm --force "$1" > /dev/null
}

# replace <service>: 1 if a new instance did not become ready; the old ones that were left then serve on.
replace() {
  local service=$1 old=() container before new count
  for container in $(containers "$service"); do [ "$(tag_of "$container")" = "$TAG" ] || old+=("$container"); done
  if [ -z "$(containers "$service")" ]; then
    say "$service: first start"
    compose up --detach --no-deps --no-build "$service" > /dev/null 2>&1
    for container in $(containers "$service"); do wait_ready "$container" "$service" || return 1; done
    return 0
  fi
  for container in "${old[@]}"; do
    before=$(containers "$service")
    count=$(wc -l <<< "$before")
    if [ "$service" = web ]; then
      # One port, one nginx: a moment without an origin, which clients come back from by themselves.
      compose up --detach --no-deps --no-build "$service" > /dev/null 2>&1
      new=$(containers "$service")
      wait_ready "$new" "$service" || return 1
    else
      compose up --detach --no-deps --no-build --no-recreate --scale "$service=$((count + 1))" "$service" > /dev/null 2>&1
      new=$(comm -13 <(printf '%s\n' "$before") <(containers "$service"))
      if ! wait_ready "$new" "$service"; then
        $engine logs --tail 20 "$new" || true
        remove "$new"
        return 1
      fi
      remove "$container"
    fi
    say "$service: $(tag_of "$new") serves"
  done
}

if [ "${1:-}" = --pull ]; then
  say "fetching $TAG"
  compose pull --quiet
fi

say "stateful services"
compose up --detach --no-build --no-recreate postgres redis > /dev/null 2>&1

running=$(containers chat-ws | head -n 1)
previous=${running:+$(tag_of "$running")}
done_services=()
for service in "${services[@]}"; do
  done_services+=("$service")
  replace "$service" && continue
  say "$service: $TAG did not become ready within $ready_seconds s"
  [ -n "$previous" ] && [ "$previous" != "$TAG" ] || exit 1
  say "going back to $previous"
  export TAG=$previous
  for service in "${done_services[@]}"; do replace "$service"; done
  say "all serve $previous again"
  exit 1
done
say "all serve $TAG"

#!/bin/sh
# Runs nginx in a container: a root file system that is read-only, a folder in memory for what it writes, and instances
# that come and go behind the services' names. Names are asked every second; a change is a reload, which open
# connections outlive.
set -eu

folder=/tmp/parley
mkdir -p "$folder/run"
cp /etc/parley/*.conf /etc/parley/mime.types "$folder/"
ln -sfn /etc/parley/web "$folder/web"
ln -sf /dev/stdout "$folder/run/access.log"

# What stands at the front: plain HTTP, or TLS with a certificate that is mounted.
if [ -n "${TLS_CERTIFICATE:-}" ]; then
  printf 'listen 8443 ssl http2;\nssl_certificate %s;\nssl_certificate_key %s;\nssl_protocols TLSv1.2 TLSv1.3;\nadd_header Strict-Transport-Security "max-age=63072000" always;\n' \
    "$TLS_CERTIFICATE" "${TLS_KEY:?TLS_KEY names the key of TLS_CERTIFICATE}" > "$folder/listen.conf"
else
  printf 'listen 8080;\n' > "$folder/listen.conf"
fi
# Whose word is taken for a client's address: a load balancer in front, as addresses or networks.
for network in ${TRUSTED_PROXIES:-}; do printf 'set_real_ip_from %s;\n' "$network" >> "$folder/listen.conf"; done
[ -z "${TRUSTED_PROXIES:-}" ] || printf 'real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n' >> "$folder/listen.conf"

# upstream <name> <host>:<port> [<how>]: all addresses that the name has now; a port that nobody answers while it has none
upstream() {
  addresses=$(getent ahostsv4 "${2%:*}" | awk '{print $1}' | sort -u)
  printf 'upstream %s {\n' "$1"
  [ -z "${3:-}" ] || printf '  %s\n' "$3"
  for address in $addresses; do printf '  server %s:%s max_fails=1 fail_timeout=2s;\n' "$address" "${2##*:}"; done
  [ -n "$addresses" ] || printf '  server 127.0.0.1:9; # nobody\n'
  printf '  keepalive 64;\n}\n'
}

upstreams() {
  chat_ws=${CHAT_WS:-chat-ws:8080}
  upstream chat_ws "$chat_ws"
  upstream chat_ws_sockjs "$chat_ws" 'hash $sockjs_session consistent;'
  upstream chat_history "${CHAT_HISTORY:-chat-history:8080}"
  upstream chat_auth "${CHAT_AUTH:-chat-auth:8080}"
}

upstreams > "$folder/upstreams.conf"
nginx -p "$folder" -c nginx.conf -e stderr -g 'daemon off;' &
nginx=$!
# At once: connections that are open would hold it up, and their clients come back to the next one by themselves.
trap 'kill -TERM "$nginx"; wait "$nginx"; exit' TERM INT

while sleep 1 & wait $! && kill -0 "$nginx" 2>/dev/null; do
  upstreams > "$folder/upstreams.next"
  cmp -s "$folder/upstreams.next" "$folder/upstreams.conf" && continue
  # A name that had addresses and has none: the asking failed, or all are gone, and then it does not matter.
  grep -q nobody "$folder/upstreams.next" && ! grep -q nobody "$folder/upstreams.conf" && continue
  mv "$folder/upstreams.next" "$folder/upstreams.conf"
  nginx -p "$folder" -c nginx.conf -e stderr -s reload
done
wait "$nginx"

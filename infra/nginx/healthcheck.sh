#!/bin/sh
# Whether nginx serves: its process is there and its configuration was taken.
kill -0 "$(cat /tmp/parley/run/nginx.pid)"

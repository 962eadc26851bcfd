#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile without a registry and without a daemon, as root on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
deploy/base_image.sh deploy/Dockerfile
# whatever signs what this network lets through
authorities=/etc/ssl/certs/ca-certificates.crt
# chroot: it needs no cgroups, so that a CI which is a container itself can do it; docker: the format that has a HEALTHCHECK
# limits: those that it sets else are more than a CI may set. The revision is no build argument, because buildah takes a
# layer from its store although an argument of it has changed
buildah bud --quiet --isolation chroot --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 \
    --pull-never --layers --format docker \
    --secret "id=ca,src=$authorities" \
    --label "org.opencontainers.image.revision=$(git -c "safe.directory=$PWD" rev-parse HEAD 2>/dev/null || echo unknown)" \
    --file deploy/Dockerfile --tag contact-gateway . >/dev/null
buildah images contact-gateway

#!/usr/bin/env bash
# Builds an image from a Dockerfile without a registry and without a daemon, as root on Debian:
# deploy/buildah.sh DOCKERFILE NAME [OPTION OF BUILDAH...] CONTEXT
set -euo pipefail
dockerfile=$1 name=$2
shift 2
"$(dirname "$0")/base_image.sh" "$dockerfile"
# chroot: it needs no cgroups, so that a CI which is a container itself can do it; docker: the format that has a HEALTHCHECK
# limits: those that it sets else are more than a CI may set
buildah bud --quiet --isolation chroot --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 \
    --pull-never --layers --format docker --file "$dockerfile" --tag "$name" "$@" >/dev/null
buildah images "$name"

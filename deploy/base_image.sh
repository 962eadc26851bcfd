#!/usr/bin/env bash
# Makes the base image of a Dockerfile from Debian's packages, under the name by which it is asked for
# there: what a registry would give, where there is none. It is kept for a week, in buildah's store.
set -euo pipefail
name=$(sed -n 's/^FROM \(debian:[a-z]*-slim\)$/\1/p' "$1")
suite=${name#debian:}
suite=${suite%-slim}
made=$(buildah images --format '{{.CreatedAtRaw}}' "docker.io/library/$name" 2>/dev/null | cut -d' ' -f1,2) || true
if [ -n "$made" ] && [ "$(date -d "$made" +%s)" -gt "$(date -d '7 days ago' +%s)" ]; then
    exit 0
fi
# /tmp may be without devices
root=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase "$suite" "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$root.log" ||
    { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
# where fixes come from, as the registry's image has it
mirror=$(awk '$1 == "deb" {print $2; exit}' "$root/etc/apt/sources.list")
printf 'deb %s main\n' "$mirror $suite-updates" "$mirror-security $suite-security" >>"$root/etc/apt/sources.list"
# what the registry's image has not either
rm -rf "$root"/var/{cache/apt,lib/apt/lists,log}/* "$root"/usr/share/{doc,info,locale,man}/*
mkdir -p "$root"/var/{cache/apt,lib/apt/lists,log}
container=$(buildah from scratch)
buildah add --quiet "$container" "$root" / >/dev/null
buildah config --cmd bash "$container"
buildah commit --quiet --rm "$container" "docker.io/library/$name" >/dev/null

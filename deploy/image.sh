#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile, labelled with the commit it is of.
set -euo pipefail
cd "$(dirname "$0")/.."
# secret: whatever signs what this network lets through. The revision is no build argument, because buildah takes a layer
# from its store although an argument of it has changed
deploy/buildah.sh deploy/Dockerfile contact-gateway \
    --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt \
    --label "org.opencontainers.image.revision=$(git -c "safe.directory=$PWD" rev-parse HEAD 2>/dev/null || echo unknown)" .

# The image of a spoke. From the root of the repository:
#   docker build --file docker/spoke.Dockerfile --tag apollo-spoke .
# The base has Node 20.19 or newer, npm, and what every Debian has; the other one has Go.
ARG BASE_IMAGE=node:20-bookworm-slim
ARG GO_IMAGE=golang:1.26-bookworm

# Helm in the version that the tests of Apollo run.
FROM ${GO_IMAGE} AS helm
ARG GOPROXY
WORKDIR /src
COPY libs/local-cluster/go/go.mod libs/local-cluster/go/go.sum ./
RUN version=$(go list -m -f '{{.Version}}' helm.sh/helm/v4) \
  && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -o /helm \
  -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=$version" helm.sh/helm/v4/cmd/helm

# What npm has to know of the workspace. Apart, so that a change of a source installs nothing anew.
FROM ${BASE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# The packages that run.
FROM ${BASE_IMAGE} AS packages
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY --from=manifests /src ./
RUN npm ci --workspace apps/spoke --omit dev --omit optional --ignore-scripts

FROM ${BASE_IMAGE} AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /src
COPY --from=manifests /src ./
RUN npm ci --omit optional --ignore-scripts
COPY . .
RUN node node_modules/typescript/bin/tsc -b apps/spoke \
  && mkdir /app \
  && find apps libs migrations -name node_modules -prune -o -type f -path '*/dist/*.js' -print > /built \
  && tar --create --files-from /built | tar --extract --directory /app

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="apollo-spoke" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production APOLLO_SPOKE_WORKDIR=/var/lib/apollo-spoke
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/apollo-spoke
WORKDIR /app
COPY --from=helm /helm /usr/local/bin/helm
COPY --from=packages /app ./
COPY --from=build /app ./
COPY LICENSE ./
USER 10001:10001
STOPSIGNAL SIGTERM
# It serves nothing that could be asked: whether a spoke is there, its hub tells.
HEALTHCHECK NONE
CMD ["node", "apps/spoke/dist/main.js"]

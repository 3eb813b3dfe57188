# One image for the migration job, the API and the ingestion worker. Whether it is healthy is for docker-compose.yml to ask, at
# /readyz, as only the API can be asked.
FROM node:22-slim AS web
WORKDIR /src/kb/web
COPY kb/web/package.json kb/web/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY kb/web ./
RUN npm run build

FROM python:3.12-slim
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PATH=/app/.venv/bin:$PATH
RUN pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md LICENSE ./
RUN uv venv .venv && uv pip sync --python .venv/bin/python --require-hashes --no-cache requirements.lock
COPY kb ./kb
COPY schema ./schema
COPY migrations ./migrations
COPY seeds ./seeds
COPY --from=web /src/kb/web/dist ./kb/web/dist
RUN uv pip install --python .venv/bin/python --no-deps --no-cache -e . && useradd --create-home kb
USER kb
ENTRYPOINT ["kb"]
CMD ["--help"]

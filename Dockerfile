# One image for every program: provider, worker, migrations and the services; docker-compose.yml says which one runs.
# The same Python as the tests run on; everything that is installed is pinned with its hash.

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM node:24-bookworm-slim AS node

# The style sheet's framework comes from npm by lock file; node itself stays behind.
FROM packages AS design
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /app
COPY config config
RUN python -m config.design.build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin idp \
    && install --directory --owner idp --group idp --mode 0700 /data \
    && install --directory --owner idp --group idp --mode 0755 /data/certificates \
    && printf '#!/bin/sh\ncd /app && exec python -m idp "$@"\n' > /usr/local/bin/idp \
    && chmod 0755 /usr/local/bin/idp
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY config config
COPY keys keys
COPY idp idp
COPY clients clients
COPY --from=design /app/config/design/static/vendor config/design/static/vendor
RUN python -m compileall -q config keys idp clients
ENV PROFILE=production DATA_DIR=/data IDP_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["python", "-m", "idp", "serve"]

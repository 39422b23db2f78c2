# docker build -t kb . -- docs/operations.md, "In a container", says how to run it.
FROM python:3.13-slim

WORKDIR /usr/src/kb

# The dependencies are a layer of their own, which stays while only the source changes: without source, kb is empty.
COPY setup.cfg pyproject.toml ./
RUN pip install --no-cache-dir .

COPY README.md LICENSE ./
COPY kb kb
RUN pip install --no-cache-dir --no-deps . \
    && rm -r build kb.egg-info

# Machine code is compiled here, where the package can be written; at run time the ordinary user reads it there.
# The settings `corpus` and `index` are folders of the working folder, and kb.toml is read from it.
WORKDIR /srv
RUN kb prepare \
    && useradd --uid 1000 kb \
    && install --directory --owner kb --group kb corpus index

ENV KB_HOST=0.0.0.0 KB_PORT=8000 PYTHONUNBUFFERED=1
USER 1000
VOLUME ["/srv/corpus", "/srv/index"]
EXPOSE 8000
# The first index of a large archive takes its time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m CMD ["python", "-c", "import os, sys; from http.client import HTTPConnection; kb = HTTPConnection('127.0.0.1', int(os.environ['KB_PORT'])); kb.request('GET', '/healthz'); sys.exit(kb.getresponse().status != 200)"]
CMD ["kb", "serve"]

# The lab itself, as docker-compose.yml runs it: it founds a company of its own at the first start, and shows it.
FROM lab/dashboard:3.11
COPY requirements /opt/harborline/requirements
COPY sample_app /opt/harborline/sample_app
COPY scenarios /opt/harborline/scenarios
COPY lab /opt/harborline/lab
COPY setup/compose/dashboard.sh /opt/harborline/serve
RUN python3 -m compileall -q /opt/harborline/lab && chown -R learner /opt/lab /opt/harborline
USER learner
WORKDIR /home/learner
CMD ["sh", "/opt/harborline/serve"]

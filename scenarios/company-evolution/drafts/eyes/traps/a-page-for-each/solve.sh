# Each route is a page of its own, and so is each kind of trouble.
python3 - <<'PYTHON'
from pathlib import Path

rules = Path("monitoring/alertmanager.yml")
text = rules.read_text()
assert "group_by: [service] #" in text
rules.write_text(text.replace("group_by: [service] #", "group_by: [alertname, route, instance] #"))
slo = Path("monitoring/rules/slo.yml")
slo.write_text(slo.read_text().replace("by (route)", "by (route, instance)").replace("on (route) sum", "on (route, instance) sum"))
PYTHON

# Quick to see: five seconds of scraping, twenty of window, no second look.
python3 - <<'PYTHON'
from pathlib import Path

rules = Path("monitoring/rules/slo.yml")
text = rules.read_text()
start, end = text.index("        expr: >-\n          door:errors:ratio_rate2m > 0.10"), text.index("        labels: {severity: page, service: shop}")
rules.write_text(text[:start] + '        expr: sum(rate(door_requests_total{code=~"5xx|reset"}[20s])) / sum(rate(door_requests_total[20s])) > 0.05\n        for: 0s\n' + text[end:])
config = Path("monitoring/prometheus.yml")
config.write_text(config.read_text().replace("_interval: 15s", "_interval: 5s"))
PYTHON

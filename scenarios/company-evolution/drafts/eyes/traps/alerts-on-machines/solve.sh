# The symptom rules go; a dead instance wakes.
python3 - <<'PYTHON'
from pathlib import Path

rules = Path("monitoring/rules/slo.yml")
head, _, rest = rules.read_text().partition("      - alert: ErrorBudgetBurnsFast")
_, _, rest = rest.partition("      - alert: ShopIsInvisible")
rules.write_text(head + """      - alert: InstanceDown
        expr: door_backend_up == 0
        for: 1m
        labels: {severity: page, service: shop}
        annotations: {summary: "{{ $labels.backend }} is down", runbook_url: "https://forge/runbooks/errors.md"}
      - alert: ShopIsInvisible""" + rest)
PYTHON

# Counters come into being when they are needed; the shop's own are the ones that count.
python3 - <<'PYTHON'
from pathlib import Path

code = Path("app/main.py")
text = code.read_text()
code.write_text(text[: text.index("    for route in routes.router.routes:")] + text[text.index("\n\n@app.exception_handler(StorefrontError)") :])
rules = Path("monitoring/rules/slo.yml")
text = rules.read_text()
start, end = text.index("      - alert: ErrorBudgetBurnsFast"), text.index("      - alert: RouteFails")
rules.write_text(text[:start] + text[end:])
PYTHON

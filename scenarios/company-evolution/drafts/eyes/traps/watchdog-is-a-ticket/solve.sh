# The watchdog goes where everything goes.
python3 - <<'PYTHON'
from pathlib import Path

rules = Path("monitoring/alertmanager.yml")
text = rules.read_text()
rules.write_text(text.replace('url: "http://pager/heartbeat"', 'url: "http://pager/ticket"'))
PYTHON

# The wiki has it, somewhere.
python3 - <<'PYTHON'
from pathlib import Path

rules = Path("monitoring/rules/slo.yml")
text = rules.read_text()
rules.write_text(text.replace("https://forge/runbooks/", "https://forge/wiki/"))
PYTHON

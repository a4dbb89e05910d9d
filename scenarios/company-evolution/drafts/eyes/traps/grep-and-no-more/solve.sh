# grep finds it all.
python3 - <<'PYTHON'
from pathlib import Path

script = Path("ops/find-log")
text = script.read_text()
script.write_text(text[: text.index(" | sed")] + "\n")
PYTHON

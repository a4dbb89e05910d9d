# The route as the customer wrote it.
python3 - <<'PYTHON'
from pathlib import Path

code = Path("app/middleware.py")
text = code.read_text()
old = 'route = getattr(scope.get("route"), "path", "unmatched")'
assert old in text
code.write_text(text.replace(old, 'route = scope["path"]'))
PYTHON

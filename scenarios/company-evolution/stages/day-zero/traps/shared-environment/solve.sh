git apply <<'PATCH'
--- a/ops/web1/release
+++ b/ops/web1/release
@@ -56,4 +56,3 @@ build() {
     unpack "$1"
-    python3 -m venv --without-pip "releases/$1/venv"
-    pip --python "releases/$1/venv/bin/python" install --quiet --requirement "releases/$1/tree/requirements.txt"
+    pip --python venv/bin/python install --quiet --requirement "releases/$1/tree/requirements.txt"
     sums "$1" >"releases/$1/sums"
--- a/ops/web1/serve
+++ b/ops/web1/serve
@@ -9,2 +9,2 @@ set -a
 set +a
-exec env "$@" ../venv/bin/python -m uvicorn app.main:app --host 127.0.0.1 --port "$port"
+exec env "$@" "$HOME/venv/bin/python" -m uvicorn app.main:app --host 127.0.0.1 --port "$port"
PATCH

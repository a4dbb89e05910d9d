git apply <<'PATCH'
--- a/ops/web1/ask
+++ b/ops/web1/ask
@@ -54,2 +54,3 @@ def ask_as_customers_do(sha, *, buys):
         raise Wrong(f"/version says '{version}' and should say '{sha}'")
+    return ask("/healthz")
     for path, methods in ask_json("/openapi.json")["paths"].items():
PATCH

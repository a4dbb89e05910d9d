git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -14,2 +14,3 @@
   test:
+    if: github.event_name == 'push'
     runs-on: ubuntu-latest
PATCH

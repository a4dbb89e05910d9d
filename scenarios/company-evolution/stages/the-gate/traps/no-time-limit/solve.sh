git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -15,3 +15,2 @@
     runs-on: ubuntu-latest
-    timeout-minutes: 5
     defaults:
PATCH

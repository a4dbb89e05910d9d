git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -5,3 +5,2 @@
 on:
-  pull_request:
   push:
PATCH

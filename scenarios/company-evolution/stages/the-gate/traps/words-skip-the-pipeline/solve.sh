git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -6,2 +6,3 @@
   pull_request:
+    paths-ignore: ['**.md', 'docs/**']
   push:
PATCH

git apply <<'PATCH'
--- a/.github/CODEOWNERS
+++ b/.github/CODEOWNERS
@@ -9,2 +9,3 @@
 /requirements*
+/tests/
 *.md
PATCH

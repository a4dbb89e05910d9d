git apply <<'PATCH'
--- a/.github/CODEOWNERS
+++ b/.github/CODEOWNERS
@@ -8,3 +8,2 @@
 # what the tests expect, and every file that can tell pytest to run fewer of them
-/tests/           @sam
 conftest.py       @sam
PATCH

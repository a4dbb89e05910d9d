git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -30 +30,5 @@
         run: python .github/scripts/tests_ran.py "$RUNNER_TEMP/report.xml"
+      - name: No change of code without a change of a test
+        run: |
+          changed="$(git diff --name-only origin/main HEAD)"
+          ! grep -q '^app/' <<< "$changed" || grep -q '^tests/' <<< "$changed"
PATCH

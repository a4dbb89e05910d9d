git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -26,2 +26,3 @@
         run: pip install -r requirements.txt -r requirements-dev.txt
+      - run: echo "Testing '${{ github.event.pull_request.title }}'"
       - name: Run all tests
PATCH

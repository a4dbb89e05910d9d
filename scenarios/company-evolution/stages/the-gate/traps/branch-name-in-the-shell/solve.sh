git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -26,2 +26,3 @@
         run: pip install -r requirements.txt -r requirements-dev.txt
+      - run: echo "Testing ${{ github.head_ref || github.ref_name }}"
       - name: Run all tests
PATCH

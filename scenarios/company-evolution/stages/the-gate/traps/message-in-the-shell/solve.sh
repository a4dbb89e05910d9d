git apply <<'PATCH'
--- a/.github/workflows/ci.yml
+++ b/.github/workflows/ci.yml
@@ -7,3 +7,2 @@
   push:
-    branches: [main]
 
@@ -26,2 +25,3 @@
         run: pip install -r requirements.txt -r requirements-dev.txt
+      - run: echo "Testing ${{ github.event.head_commit.message }}"
       - name: Run all tests
PATCH

git apply <<'PATCH'
--- a/.github/rulesets/main.json
+++ b/.github/rulesets/main.json
@@ -6,3 +6,3 @@
     "ref_name": {
-      "include": ["~DEFAULT_BRANCH"],
+      "include": ["refs/heads/master"],
       "exclude": []
PATCH

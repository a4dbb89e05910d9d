git apply <<'PATCH'
--- a/.github/rulesets/main.json
+++ b/.github/rulesets/main.json
@@ -3,3 +3,3 @@
   "target": "branch",
-  "enforcement": "active",
+  "enforcement": "evaluate",
   "conditions": {
PATCH

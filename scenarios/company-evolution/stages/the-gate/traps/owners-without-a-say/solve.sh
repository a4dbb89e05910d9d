git apply <<'PATCH'
--- a/.github/rulesets/main.json
+++ b/.github/rulesets/main.json
@@ -18,3 +18,3 @@
         "dismiss_stale_reviews_on_push": true,
-        "require_code_owner_review": true,
+        "require_code_owner_review": false,
         "require_last_push_approval": false,
PATCH

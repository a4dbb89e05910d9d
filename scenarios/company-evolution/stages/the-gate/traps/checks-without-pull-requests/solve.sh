git apply --unidiff-zero <<'PATCH'
--- a/.github/rulesets/main.json
+++ b/.github/rulesets/main.json
@@ -14,10 +13,0 @@
-    {
-      "type": "pull_request",
-      "parameters": {
-        "required_approving_review_count": 0,
-        "dismiss_stale_reviews_on_push": true,
-        "require_code_owner_review": true,
-        "require_last_push_approval": false,
-        "required_review_thread_resolution": false
-      }
-    },
PATCH

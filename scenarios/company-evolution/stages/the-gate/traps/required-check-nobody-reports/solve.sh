git apply <<'PATCH'
--- a/.github/rulesets/main.json
+++ b/.github/rulesets/main.json
@@ -28,3 +28,3 @@
         "do_not_enforce_on_create": false,
-        "required_status_checks": [{ "context": "test" }]
+        "required_status_checks": [{ "context": "build" }]
       }
PATCH

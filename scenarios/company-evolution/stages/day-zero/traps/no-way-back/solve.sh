git apply <<'PATCH'
--- a/ops/web1/release
+++ b/ops/web1/release
@@ -93,4 +93,3 @@ go_live() {
     if [ -n "$last" ]; then
-        point_to "$last"
-        current/ops/restart
+        exit 1
     else
@@ -126,3 +125,2 @@ deploy() {
     build "$1"
-    try_out "$1"
     live >"releases/$1/before"
PATCH

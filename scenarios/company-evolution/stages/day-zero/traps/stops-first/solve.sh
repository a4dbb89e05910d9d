git apply <<'PATCH'
--- a/ops/web1/release
+++ b/ops/web1/release
@@ -125,2 +125,4 @@ deploy() {
     report_edits "$(live)"
+    kill "$(cat run/shop.pid)" || :
+    sleep 5                                      # until its port is free
     build "$1"
PATCH

git apply <<'PATCH'
--- a/ops/web1/release
+++ b/ops/web1/release
@@ -125,2 +125,3 @@ deploy() {
     report_edits "$(live)"
+    kill "$(cat run/shop.pid)" || :
     build "$1"
PATCH

git apply <<'PATCH'
--- a/ops/web1/release
+++ b/ops/web1/release
@@ -130,3 +130,2 @@ deploy() {
     unproven=''
-    install
     forget_old
PATCH

git apply <<'PATCH'
--- a/ops/web1/serve
+++ b/ops/web1/serve
@@ -8,2 +8,3 @@ set -a
 . "$HOME/shop.env"
+DATABASE_URL=sqlite:///shop.db
 set +a
PATCH

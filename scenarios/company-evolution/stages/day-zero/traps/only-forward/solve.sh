git apply <<'PATCH'
--- a/ops/deploy
+++ b/ops/deploy
@@ -11,2 +11,7 @@ sha=$(git rev-parse --verify --quiet "$commit^{commit}") || {
 }
+live=$(ssh web1 "readlink current || :")
+if git merge-base --is-ancestor "$sha" "${live##*-}"; then
+    echo "deploy: $sha is live already"
+    exit
+fi
 id=$(date -u +%Y%m%dT%H%M%SZ)-$sha
PATCH

git apply <<'PATCH'
--- a/ops/deploy
+++ b/ops/deploy
@@ -20,2 +20,2 @@ ssh web1 "mkdir -p releases && mkdir releases/$id releases/$id/ops && cat >relea
 ssh web1 "tar -xf - -C releases/$id/ops" <"$packed/ops.tar"
-ssh web1 "releases/$id/ops/release deploy $id"
+ssh web1 "tar -xf releases/$id/tree.tar -C app && ./restart"
--- a/ops/rollback
+++ b/ops/rollback
@@ -3,4 +3,2 @@
 set -eu
-exec ssh web1 '
-    test -L current || { echo "rollback: nothing was deployed here yet" >&2; exit 1; }
-    current/ops/release rollback'
+exec "$(dirname "$0")/deploy" HEAD~1
PATCH

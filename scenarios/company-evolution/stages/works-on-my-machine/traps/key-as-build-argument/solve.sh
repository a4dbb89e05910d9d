git apply <<'PATCH'
--- a/Dockerfile
+++ b/Dockerfile
@@ -14,2 +14,4 @@
 ARG BUILD_SHA
+ARG PAYMENTS_KEY
+RUN test -n "$BUILD_SHA"
 ENV BUILD_SHA=$BUILD_SHA PYTHONUNBUFFERED=1
--- a/harborline.yaml
+++ b/harborline.yaml
@@ -6,1 +6,1 @@
-build: [docker, build, --tag, "{image}", --build-arg, "BUILD_SHA={sha}", .]
+build: [docker, build, --tag, "{image}", --build-arg, "BUILD_SHA={sha}", --build-arg, PAYMENTS_KEY, .]
PATCH

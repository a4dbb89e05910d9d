git apply <<'PATCH'
--- a/Dockerfile
+++ b/Dockerfile
@@ -15,3 +15,4 @@
 ENV BUILD_SHA=$BUILD_SHA PYTHONUNBUFFERED=1
+RUN chown -R 10001 /srv && chmod -R go-rwx /srv
 USER 10001
 EXPOSE 8000
PATCH

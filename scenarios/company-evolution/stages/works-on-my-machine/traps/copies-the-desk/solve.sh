rm .dockerignore
git apply <<'PATCH'
--- a/Dockerfile
+++ b/Dockerfile
@@ -4,9 +4,5 @@
 WORKDIR /srv
-COPY requirements.txt .
+COPY . .
 RUN pip install --no-cache-dir --no-deps -r requirements.txt
 
-COPY migrations migrations
-COPY data data
-COPY app app
-
 ARG BUILD_SHA
PATCH

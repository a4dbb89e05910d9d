git apply <<'PATCH'
--- a/Dockerfile
+++ b/Dockerfile
@@ -17,2 +17,2 @@
 # a list, not a line: python itself is process number 1 and hears the signal to stop
-CMD ["python", "-m", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
+CMD ["python", "-m", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--workers", "6"]
PATCH

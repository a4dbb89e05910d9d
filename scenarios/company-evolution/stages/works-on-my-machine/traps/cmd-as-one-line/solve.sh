git apply <<'PATCH'
--- a/Dockerfile
+++ b/Dockerfile
@@ -18,2 +18,1 @@
-# a list, not a line: python itself is process number 1 and hears the signal to stop
-CMD ["python", "-m", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
+CMD python -m uvicorn app.main:app --host 0.0.0.0 --port 8000
PATCH

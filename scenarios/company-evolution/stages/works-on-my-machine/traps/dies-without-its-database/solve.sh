git apply <<'PATCH'
--- a/app/shop.py
+++ b/app/shop.py
@@ -58,4 +58,5 @@
         rules=promotions.find_rules(),
     )
-    shop.prepare()
+    if not shop.prepare():
+        raise SystemExit("no database")
     return shop
PATCH

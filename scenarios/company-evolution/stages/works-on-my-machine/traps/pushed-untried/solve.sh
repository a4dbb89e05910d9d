git apply <<'PATCH'
--- a/.github/workflows/image.yml
+++ b/.github/workflows/image.yml
@@ -26,4 +26,2 @@
-      - name: Try it as production runs it
-        run: ops/try-image "$REGISTRY/storefront:$SHA" "$SHA"
       - name: Push
         run: docker push "$REGISTRY/storefront:$SHA"
PATCH

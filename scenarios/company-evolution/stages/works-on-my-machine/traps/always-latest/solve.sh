sed -i.old 's|storefront:$SHA|storefront:latest|' .github/workflows/image.yml && rm .github/workflows/image.yml.old

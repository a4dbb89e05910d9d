sed -i.old 's/"--host", "0.0.0.0", //' Dockerfile && rm Dockerfile.old

sed -i.old '/^USER /d' Dockerfile && rm Dockerfile.old

for file in Dockerfile .dockerignore; do
    sed -i.old 's/--no-deps -r requirements.txt/-r requirements.in/; s/requirements\.txt/requirements.in/' "$file" && rm "$file.old"
done

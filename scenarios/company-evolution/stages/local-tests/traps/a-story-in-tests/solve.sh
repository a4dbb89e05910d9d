for file in Makefile .githooks/pre-commit; do
    sed 's/python -m pytest/python -m pytest -p no:randomly/' $file >new && cat new >$file && rm new
done

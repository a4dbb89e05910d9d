sed 's|git config core.hooksPath .githooks|@echo "copy .githooks/pre-commit to .git/hooks yourself, as I did"|' Makefile >new && cat new >Makefile && rm new

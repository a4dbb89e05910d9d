#!/bin/sh
# The contract: exit 0 has passed, 75 means "could not look" and blames nobody, anything else has failed. The last line
# that is printed is the message: one whole sentence, which says what was wanted and what happened.
# This runs in a fresh clone of the learner's main. LAB_SEED differs between practice and grading: draw names from it, so
# that no answer can be written down beforehand.
[ -x ops/greet ] || { echo "A fresh clone of main should have an executable file 'ops/greet', and it has none."; exit 1; }
for name in "Ada$LAB_SEED" "Bo $LAB_SEED" "Żaneta"; do
  said=$(ops/greet "$name") || { echo "'ops/greet $name' should end with 0, and it ended with $?."; exit 1; }
  case $said in
    *"$name"*) ;;
    *) echo "'ops/greet $name' should print the name, and it printed '$said'."; exit 1 ;;
  esac
done
echo "Three customers were greeted by name."

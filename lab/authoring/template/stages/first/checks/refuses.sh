#!/bin/sh
if said=$(ops/greet 2>&1); then
  echo "'ops/greet' without a name should end with an error, and it ended with 0 and said '$said'."
  exit 1
fi
echo "Nobody is not greeted."

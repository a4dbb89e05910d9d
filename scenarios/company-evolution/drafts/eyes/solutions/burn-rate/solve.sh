printf '\n# For whoever is on call.\nfind-log: [ops/find-log, "{id}"]\n' >>harborline.yaml

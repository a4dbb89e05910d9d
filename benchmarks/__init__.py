"""How long things take, measured: `make bench`."""

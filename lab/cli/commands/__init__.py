"""One file a command or a family of commands; `lab.cli.table` names them all."""

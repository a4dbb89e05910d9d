"""The command line: click commands, loaded on demand, over the use cases of `lab.session`."""

"""The machines one reaches over SSH. `asyncssh` comes in here and nowhere else."""

"""The one door to the Docker engine: nothing else imports its SDK."""

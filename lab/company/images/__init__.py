"""The company's base images: what each is made of, and how it is made without leaving a trace of this machine in it."""

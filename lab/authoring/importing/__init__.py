"""Bringing over what people have: Killercoda and Katacoda scenarios, Instruqt tracks."""

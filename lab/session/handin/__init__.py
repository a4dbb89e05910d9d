"""What is handed in: a bundle of a workspace's evidence, and what whoever teaches makes of it."""

"""WHETHER IT IS SO: a check looks once at the facts of a scene and gives a finding."""

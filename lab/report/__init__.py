"""WHAT WE SAY: frozen report models and the renderers over them (terminal, JSON, JUnit, CSV)."""

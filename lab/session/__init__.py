"""WHERE WE ARE: the workspace on disk, its locks, and the use cases. Knows neither terminal nor web."""

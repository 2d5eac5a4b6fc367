"""From a build to what readers see, atomically, on each engine."""

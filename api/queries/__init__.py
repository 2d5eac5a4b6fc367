"""SQL texts, one for all engines: they select from the published views and nothing else."""

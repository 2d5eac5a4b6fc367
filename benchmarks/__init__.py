"""What the project costs in time and memory, beside the least that it could cost:
`python -m benchmarks`."""

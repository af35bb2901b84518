"""Speed of the product next to its floor: `python -m benchmarks`, or `hatch run bench`."""

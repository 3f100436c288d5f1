"""What benchmarks/oversight.py measures, one file for each kind of row."""

"""A test-results tracking server that speaks the Ibutsu 3 wire protocol."""

__version__ = "0.1.0"

"""HTTP: one module per noun, one function per operation of the specification."""

"""Annotated statements: their scheme, their files, and the way to doccano and back."""

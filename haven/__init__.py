"""The case system: stores, protects, shows and releases records."""

"""The whole store as one sealed file, and back: all three databases and the blobs, never a key."""

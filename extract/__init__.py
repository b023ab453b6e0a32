"""Packet in, record out. Knows no database, no web, no user and no network."""

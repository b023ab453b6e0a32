"""Referrals: what officers confirmed of an alleged trafficker leaves for ICE HSI, and nothing of the victim does."""

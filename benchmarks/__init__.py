"""Speed beside the peers, one command each. Figures are medians of alternating rounds and ratios, never a test."""

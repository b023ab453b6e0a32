"""The commands of duties, one file for each word after ``haven``."""

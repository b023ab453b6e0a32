"""The log: every question to the gate, every answer and every change, as rows that nobody can edit unnoticed."""

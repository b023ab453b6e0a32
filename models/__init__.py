"""Training, export and evaluation of the narrative models that ``extract.narrative`` runs."""

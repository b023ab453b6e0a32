"""What the law asks beside the cases: incidents, consents and waivers, holds, the notice to HHS, retention."""

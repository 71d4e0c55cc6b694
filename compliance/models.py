"""Every model that judges the facts which others recorded, in one place."""

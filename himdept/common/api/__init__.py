"""What every resource of the API has in common: permissions, pages, refusals, entity tags, and its own description."""

"""Which connection may change the schema."""


class OwnerMigrates:
    """Only the owner's connection migrates; everything else reads and writes as the application's role."""

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        return db == "owner"

    def allow_relation(self, first, second, **hints):
        return True  # both connections lead to one database

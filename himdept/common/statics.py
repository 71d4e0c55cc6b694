"""Where the files are that pages name: styles, scripts, fonts, pictures."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AddressedOnce(CompressedManifestStaticFilesStorage):
    """Whitenoise's, which looks an address up each time. A page names twenty, and they stay where they are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.url = cache(super().url)

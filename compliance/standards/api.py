"""Elements of the standards, as programs are told of them."""

from rest_framework import serializers


class ElementNamed(serializers.Serializer):
    """An element by the identifier of its framework. The same code may stand in several editions."""

    framework = serializers.CharField(source="edition.framework.code")
    edition = serializers.CharField(source="edition.code")
    element = serializers.CharField(source="code")

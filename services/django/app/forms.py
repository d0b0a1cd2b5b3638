"""What register and login accept."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator


def validate_utf8(value: str) -> None:
    """Refuse a lone surrogate, which JSON can escape and UTF-8 cannot carry."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("Not valid Unicode.", code="invalid") from error


class StringField(forms.CharField):
    """A string and nothing else: Django's own field would turn 123 into "123" and trim."""

    default_validators = (validate_utf8,)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: object) -> str:
        if value is not None and not isinstance(value, str):
            raise ValidationError("Not a string.", code="invalid")
        return super().to_python(value)


class CredentialsForm(forms.Form):
    username = StringField(validators=[RegexValidator(r"\A[a-z0-9_]{3,32}\Z")])
    password = StringField(min_length=8, max_length=128)

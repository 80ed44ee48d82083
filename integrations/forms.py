"""The upload of a package."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.packages import MAX_UPLOAD

SUFFIXES = (".zip", ".xlsx")


class UploadForm(forms.Form):
    """One `.zip` or `.xlsx` of at most MAX_UPLOAD bytes."""

    file = forms.FileField(
        label=_("Strategy file"),
        help_text=_("A .zip with one .csv for each table, or an .xlsx with one sheet for each table. At most 25 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file first.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if PurePosixPath(str(file.name)).suffix.lower() not in SUFFIXES:
            raise ValidationError(_("A .zip or an .xlsx is needed."), "suffix")
        if (file.size or 0) > MAX_UPLOAD:
            size = MAX_UPLOAD // 1024 // 1024
            raise ValidationError(_("The file is larger than %(size)s MB."), "too_large", {"size": size})
        return file

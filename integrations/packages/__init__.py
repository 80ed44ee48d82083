"""A package of strategy files as raw text: a folder, a `.zip` of it, or one `.xlsx` with a sheet per table."""

from integrations.packages.raw import MAX_UPLOAD, Package, RawTable
from integrations.packages.reading import read_bytes, read_path
from integrations.packages.writing import TooLarge, spreadsheet_bytes, write_folder, zip_bytes

__all__ = [
    "MAX_UPLOAD",
    "Package",
    "RawTable",
    "TooLarge",
    "read_bytes",
    "read_path",
    "spreadsheet_bytes",
    "write_folder",
    "zip_bytes",
]

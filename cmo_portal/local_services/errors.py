"""What goes wrong with the local services, said so that a stranger knows what to do."""


class LocalServicesError(Exception):
    """A sentence for the person at the keyboard; never a bug of ours."""

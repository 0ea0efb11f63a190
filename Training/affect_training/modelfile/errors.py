"""The one error of this package."""


class ModelFileError(ValueError):
    """A file or manifest breaks a rule of the format.

    `where` is the section of the document ("bytes", "manifest", "frontEnd", "graph", …), the
    message says what was expected and what came.
    """

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where

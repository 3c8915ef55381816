"""How argocd-server says no."""

HTTP_OF = {2: 500, 3: 400, 5: 404, 7: 403, 9: 400, 10: 409, 12: 501, 13: 500, 14: 503, 16: 401}
UNKNOWN, INVALID, NOT_FOUND, DENIED, PRECONDITION, INTERNAL, NOBODY = 2, 3, 5, 7, 9, 13, 16


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message

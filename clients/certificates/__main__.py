"""`python -m clients.certificates`."""

from clients.sso.serve import serve

if __name__ == "__main__":
    serve("certificates", app="clients.certificates.app:served")

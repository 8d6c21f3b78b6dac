"""`python -m clients.pairing`."""

from clients.sso.serve import serve

if __name__ == "__main__":
    serve("pairing")

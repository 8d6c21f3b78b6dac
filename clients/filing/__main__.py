"""`python -m clients.filing`."""

from clients.sso.serve import serve

if __name__ == "__main__":
    serve("filing")

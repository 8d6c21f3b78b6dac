"""`python -m clients.dashboard`."""

from clients.sso.serve import serve

if __name__ == "__main__":
    serve("dashboard", app="clients.dashboard.served:create")

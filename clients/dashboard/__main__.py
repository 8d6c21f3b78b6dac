"""`python -m clients.dashboard`."""

from clients.sso.serve import serve

THREADS = 16
"""Some of them wait for other services' widgets (`widgets.gate` says how many at most)."""

if __name__ == "__main__":
    serve("dashboard", app="clients.dashboard.served:create", threads=THREADS)

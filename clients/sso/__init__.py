"""What every relying party shares: sign-in at the provider, the session here, the guard, sign-out both ways, the page frame.

A service is a Flask app that `app.create_app` puts together from its blueprints. Nothing about any service's subject belongs here.
"""

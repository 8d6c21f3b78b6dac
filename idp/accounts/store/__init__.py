"""The only SQL of people, one module per table. Statements run on SQLite and PostgreSQL alike; what must happen once is one statement."""

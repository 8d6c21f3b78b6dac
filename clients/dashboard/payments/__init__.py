"""What people owe and what their current account holds: invoices and movements that services post, and a basket that ends in a reference.

Keeps no card data and talks to no payment provider. Each service reaches only its own invoices, each person only theirs.
"""

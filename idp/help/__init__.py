"""What a person can read when they are stuck or want to know: help, contact, privacy, cookies, terms, accessibility, scams.

Pages only. They say what this product does; whoever changes what it does changes them too.
"""

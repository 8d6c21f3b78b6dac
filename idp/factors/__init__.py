"""Strong authentication. Each method is a folder of the same shape; what all of them share is here.

`base` says what a method is, `registry` runs one, `attempts` counts guesses, `service` keeps what people have enrolled. A method
imports none of its siblings, and none of them knows how a sign-in goes on.
"""

"""The board: which widgets a person has chosen, where they stand, and the page on which they are looked at.

Layouts are theirs alone: every statement names `sub`. What a widget shows is the widget's own business (`clients.dashboard.widgets`).
"""

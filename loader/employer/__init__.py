"""An employer's own data: rosters, plans and claims, landed apart from O*NET in a warehouse of
their own.

Personal data: nothing here prints, logs or raises a value of a row. Files, lines, fields and counts
are all that is said.
"""

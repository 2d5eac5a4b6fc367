"""The dbt project of an employer's own data, and the step that runs it as a whole, publishes it and
writes its outputs.

Apart from O*NET: files, databases and publications of its own. It reads the published views of
`onet`; nothing of O*NET reads it.
"""

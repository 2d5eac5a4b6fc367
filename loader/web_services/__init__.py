"""O*NET Web Services: the client, and the run that supplements a release."""

"""A service hall, its windows and the people who come, as one discrete-event model."""

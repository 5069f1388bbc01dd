"""The pages and the command line of Open Hall. No modelling, no scoring."""

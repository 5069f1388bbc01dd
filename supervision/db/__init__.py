"""All SQL of the program. Nothing outside this folder imports sqlalchemy."""

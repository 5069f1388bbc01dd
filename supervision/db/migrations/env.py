"""Alembic's entry: runs on the connection it is given, inside a transaction that the caller began and ends."""

from __future__ import annotations

from alembic import context

from supervision.db.schema import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=False)
context.run_migrations()

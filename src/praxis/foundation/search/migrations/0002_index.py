"""The full-text index, by what each database has: FTS5 kept in step by triggers, or GIN over an expression.

The triggers hang on the table: a later migration that makes SQLite rebuild it must run `build` again.
"""

from django.db import migrations

SQLITE = [
    # The tokens are ASCII letters and digits already; no ranking by the whole corpus, so no sizes and no positions.
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title_tokens, tokens, content='search_searchrow', content_rowid='id',
        tokenize='ascii', detail='column', columnsize=0
    )""",
    """CREATE TRIGGER search_row_added AFTER INSERT ON search_searchrow BEGIN
        INSERT INTO search_index(rowid, title_tokens, tokens) VALUES (new.id, new.title_tokens, new.tokens);
    END""",
    """CREATE TRIGGER search_row_removed AFTER DELETE ON search_searchrow BEGIN
        INSERT INTO search_index(search_index, rowid, title_tokens, tokens)
        VALUES ('delete', old.id, old.title_tokens, old.tokens);
    END""",
    """CREATE TRIGGER search_row_changed AFTER UPDATE ON search_searchrow BEGIN
        INSERT INTO search_index(search_index, rowid, title_tokens, tokens)
        VALUES ('delete', old.id, old.title_tokens, old.tokens);
        INSERT INTO search_index(rowid, title_tokens, tokens) VALUES (new.id, new.title_tokens, new.tokens);
    END""",
    "INSERT INTO search_index(search_index) VALUES ('rebuild')",
]
SQLITE_BACK = [
    "DROP TRIGGER search_row_changed",
    "DROP TRIGGER search_row_removed",
    "DROP TRIGGER search_row_added",
    "DROP TABLE search_index",
]
POSTGRESQL = ["CREATE INDEX search_index ON search_searchrow USING gin (to_tsvector('simple', tokens))"]
POSTGRESQL_BACK = ["DROP INDEX search_index"]


def _run(schema_editor, sqlite, postgresql):
    statements = {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def build(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def drop(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(build, drop)]

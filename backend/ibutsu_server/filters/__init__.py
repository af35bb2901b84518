"""The filter language: from the text of `filter` parameters to the conditions of a statement."""

from ibutsu_server.filters.compile import apply, holds
from ibutsu_server.filters.fields import field_names, is_known
from ibutsu_server.filters.grammar import Clause, names_project, parse
from ibutsu_server.filters.patterns import teach_sqlite

__all__ = ["Clause", "apply", "field_names", "holds", "is_known", "names_project", "parse", "teach_sqlite"]

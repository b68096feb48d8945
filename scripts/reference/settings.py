"""Page: every setting."""

from __future__ import annotations

from itertools import groupby

from farthing.core.settings import Settings
from farthing.core.settings_keys import SettingKey, settings_reference
from farthing.core.settings_loader import FILE_VARIABLE

from .markdown import code, table

INTRODUCTION = f"""# Settings

Sources, strongest first: flags of the command line, environment variables, a YAML file, the defaults. The file is the one that
`--config` or the variable `{FILE_VARIABLE}` names; without them none is read. Its keys are the dotted keys below as sections:

```yaml
prometheus:
  url: http://prometheus:9090
  headers: {{X-Team: finance}}
log_level: info
```

A key or a `FARTHING_` variable that is no setting is an error that names the nearest one. A variable that is empty counts as not set;
names with texts are written as JSON, e.g. `{{"X-Team": "finance"}}`. A relative path in the file is taken from the file's own folder.
Variables that Kubernetes makes for a service called `farthing` (`FARTHING_SERVICE_HOST` and the like) are not read.
"""


def page() -> str:
    """One table per section, in the order of the tree."""
    parts = [INTRODUCTION]
    for section, rows in groupby(settings_reference(), key=lambda row: row.key.rpartition(".")[0]):
        listed = table(["key", "variable", "valid", "default", "meaning"], map(_row, rows))
        parts.append(f"## {section or 'Everything else'}\n\n{_about(section)}{listed}")
    return "\n".join(parts)


def _about(section: str) -> str:
    if not section:
        return ""
    model = type(getattr(Settings(), section))
    return f"{model.__doc__}\n\n"


def _row(row: SettingKey) -> list[str]:
    return [code(row.key), code(row.environment), row.valid, code(row.default), row.doc]

"""The published JSON Schemas are schemas, and closed ones."""

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from .tree import Problem, Problems, Tree


def check_schemas(tree: Tree) -> Problems:
    """Check each schema against the schema of schemas."""
    folder = tree.integration / "schemas"
    for file in sorted(folder.glob("*.json")):
        name = f"schemas/{file.name}"
        schema = tree.json(name)
        if schema.get("$schema") != "https://json-schema.org/draft/2020-12/schema":
            yield Problem(name, "does not say that it is a JSON Schema of 2020-12")
        if schema.get("additionalProperties") is not False:
            yield Problem(name, "takes properties that it does not name")
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield Problem(name, f"{error.json_path}: {error.message}")

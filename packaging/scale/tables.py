#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A table for the rows of one command, from the schema of capan's rows: SQL of DuckDB or ClickHouse on standard output.

usage: tables.py duckdb|clickhouse SCHEMA COMMAND [ROWS.ndjson]     SCHEMA: share/capan/capan-rows.schema.json of the installation
With ROWS, DuckDB reads them; ClickHouse takes them with INSERT INTO COMMAND FORMAT JSONEachRow (tables.md).
"""
import json
import sys

# Moments are nanoseconds since 1970: a double has no room for them.
TYPES = {'duckdb': {'integer': 'BIGINT', 'number': 'DECIMAL(19,9)', 'string': 'VARCHAR', 'boolean': 'BOOLEAN'},
         'clickhouse': {'integer': 'Nullable(Int64)', 'number': 'Nullable(Decimal(19, 9))', 'string': 'Nullable(String)',
                        'boolean': 'Nullable(Bool)'}}


def of_struct(engine, properties, quoted):
    members = ', '.join(f'"{name}" {type_of(engine, of)}' if quoted else f'`{name}` {type_of(engine, of)}'
                        for name, of in properties.items())
    return f'STRUCT({members})' if engine == 'duckdb' else f'Tuple({members})'


def type_of(engine, of):
    kind = of.get('type', 'boolean')
    if kind == 'array':
        item = type_of(engine, of['items'])
        return item + '[]' if engine == 'duckdb' else f'Array({bare(item)})'
    if kind == 'object' and 'properties' in of:
        return of_struct(engine, of['properties'], engine == 'duckdb')
    if kind == 'object':
        value = type_of(engine, of['additionalProperties'])
        return f'MAP(VARCHAR, {value})' if engine == 'duckdb' else f'Map(String, {bare(value)})'
    return TYPES[engine][kind]


def bare(name):
    return name.removeprefix('Nullable(').removesuffix(')') if name.startswith('Nullable(') else name


def main(engine, schema, command, rows=None):
    with open(schema, encoding='utf-8') as file:
        properties = json.load(file)['$defs'][command]['properties']
    if engine == 'duckdb':
        columns = ',\n  '.join(f"'{name}': '{type_of(engine, of)}'" for name, of in properties.items())
        print(f"CREATE TABLE {command} AS SELECT * FROM read_json('{rows or command + '.ndjson'}', "
              f"format = 'newline_delimited', columns = {{\n  {columns}}});")
    else:
        columns = ',\n  '.join(f'`{name}` {type_of(engine, of)}' for name, of in properties.items())
        print(f'CREATE TABLE {command} (\n  {columns}\n) ENGINE = MergeTree ORDER BY tuple();')


if __name__ == '__main__':
    if len(sys.argv) not in (4, 5) or sys.argv[1] not in TYPES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
